import type { Logger } from 'pino';
import { fieldOf, outcomeOf, type Question, sentimentOf, summaryOf } from '../conversation/analysis.ts';
import type { Reader } from '../conversation/engines.ts';
import { languageOf } from '../conversation/intents.ts';
import { type Analysed, findUnanalysed, saveAnalysis } from '../db/analyses.ts';
import type { Connection } from '../db/database.ts';
import { findTranscript } from '../db/transcripts.ts';
import type { LiveFeed } from './live.ts';
import type { SpareTime } from './spare-time.ts';

/**
 * The job that follows a conversation: asks the agent's model one small question after the other about the transcript
 * (a small model that is asked for all at once gets more of it wrong), and stores what its answers are worth.
 */
export function createAnalyst(parts: {
  readonly db: Connection;
  /** Null where there is no language model now: the job is tried again later. */
  readonly reader: Reader | null;
  readonly spare: Pick<SpareTime, 'use'>;
  readonly live: Pick<LiveFeed, 'publish'>;
  readonly log: Logger;
  /** A lead may be done that was waiting. */
  readonly onRefined: (campaignId: string) => Promise<void>;
}): (payload: unknown, signal: AbortSignal) => Promise<void> {
  const { db, reader, spare, live, log } = parts;

  return async (payload, signal) => {
    const { callId } = payload as { callId: string };
    const call = await findUnanalysed(db, { callId });
    const turns = await findTranscript(db, { id: callId });
    if (!call || !turns) return;
    if (!reader) throw Object.assign(new Error('There is no language model.'), { code: 'NO_MODEL' });

    const ask = async <Answer>(question: Question<Answer>): Promise<Answer> =>
      spare.use(
        async (signal) => question.read(await reader.answer(question.messages, question.form, signal)),
        signal,
      );
    const { zones, endedAt, objectiveFields } = call;
    const meaning = {
      language: languageOf(call.language),
      zone: zones.length === 1 ? (zones[0] ?? null) : null,
      now: endedAt,
    };
    const analysis = {
      summary: await ask(summaryOf(turns)),
      sentiment: await ask(sentimentOf(turns)),
      outcome: await ask(outcomeOf(turns)),
      fields: await inTurn(objectiveFields, async (field) => ask(fieldOf(turns, field, meaning))),
    };
    const analysed = await saveAnalysis(db, { callId, analysis });
    if (!analysed) return;
    log.info({ callId, disposition: analysed.disposition }, 'call analysed');
    publish(live, callId, analysed, analysis.sentiment?.value ?? null);
    await parts.onRefined(analysed.campaignId);
  };
}

function publish(
  live: Pick<LiveFeed, 'publish'>,
  callId: string,
  { campaignId, leadId, disposition }: Analysed,
  sentiment: 'positive' | 'neutral' | 'negative' | null,
): void {
  live.publish({ type: 'analysis', callId, campaignId, leadId, disposition, sentiment, at: new Date() });
}

/** One after the other: they share one model. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
