import { type Kysely, sql } from 'kysely';
import { type Disposition, type RefinedDisposition, refine } from '../call/disposition.ts';
import { readPhone } from '../contact/phone.ts';
import type { Sentiment, Shown } from '../conversation/analysis.ts';
import type { FieldResult } from '../conversation/objective.ts';
import { zonesOf } from '../schedule/callee-zones.ts';
import type { Database } from './database.ts';
import type { DB } from './generated.ts';

/** Leaves a job for each of these calls in which the callee said something, in the transaction that ends them. */
export async function enqueueAnalyses(
  tx: Database,
  { callIds }: { callIds: readonly string[] },
): Promise<void> {
  await sql`
    with talked as (
      insert into analyses (call_id)
      select distinct call_id from turns where call_id = any(${callIds}::uuid[]) and speaker = 'callee'
      returning call_id
    )
    select graphile_worker.add_job('analyse', json_build_object('callId', call_id)) from talked
  `.execute(tx);
}

/** What the analysis of a call has to know; undefined when there is none to be made, or it is there. */
export async function findUnanalysed(db: Database, { callId }: { callId: string }) {
  const call = await db
    .selectFrom('analyses')
    .innerJoin('attempts', 'attempts.id', 'analyses.callId')
    .innerJoin('leads', 'leads.id', 'attempts.leadId')
    .innerJoin('contacts', 'contacts.id', 'leads.contactId')
    .innerJoin('campaigns', 'campaigns.id', 'attempts.campaignId')
    .leftJoin('agents', 'agents.id', 'campaigns.agentId')
    .select([
      'attempts.number',
      'attempts.endedAt',
      'contacts.timezone',
      'campaigns.objectiveFields',
      'agents.language',
    ])
    .where('analyses.callId', '=', callId)
    .where('analyses.analysedAt', 'is', null)
    .executeTakeFirst();
  if (!call) return undefined;
  const { number, timezone, endedAt, language, ...rest } = call;
  const phone = readPhone(number, null);
  const { zones } = zonesOf({ timezone, country: 'country' in phone ? phone.country : null });
  return { ...rest, language: language ?? 'en', zones, endedAt: endedAt ?? new Date() };
}

/** What a finished call came to. */
export interface Analysis {
  readonly summary: string;
  readonly sentiment: Shown<Sentiment> | null;
  readonly outcome: Shown<RefinedDisposition> | null;
  readonly fields: readonly FieldResult[];
}

/** What storing an analysis has changed. */
export interface Analysed {
  readonly campaignId: string;
  readonly leadId: number;
  readonly disposition: Disposition | null;
}

/**
 * Stores an analysis, once, and refines the disposition of its attempt where that may be. The lead is then done: an
 * analysis makes nobody be rung who would not have been.
 */
export async function saveAnalysis(
  db: Kysely<DB>,
  { callId, analysis }: { callId: string; analysis: Analysis },
): Promise<Analysed | undefined> {
  const { summary, sentiment, outcome, fields } = analysis;
  return await db.transaction().execute(async (tx) => {
    const attempt = await tx
      .selectFrom('attempts')
      .innerJoin('analyses', 'analyses.callId', 'attempts.id')
      .select(['attempts.campaignId', 'attempts.leadId', 'attempts.disposition'])
      .where('attempts.id', '=', callId)
      .where('analysedAt', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!attempt) return undefined;
    const refined = attempt.disposition && outcome && refine(attempt.disposition, outcome.value);
    await tx
      .updateTable('analyses')
      .set({
        analysedAt: sql<Date>`now()`,
        summary,
        sentiment: sentiment?.value ?? null,
        sentimentQuote: sentiment?.quote ?? null,
        disposition: refined,
        dispositionQuote: refined ? (outcome?.quote ?? null) : null,
      })
      .where('callId', '=', callId)
      .execute();
    await insertFields(tx, { callId, source: 'analysis', fields });
    if (!refined) return attempt;
    await tx.updateTable('attempts').set({ disposition: refined }).where('id', '=', callId).execute();
    await tx
      .updateTable('leads')
      .set({ state: 'done', nextAt: null, disposition: refined })
      .where('id', '=', attempt.leadId)
      .where('state', '<>', 'calling')
      .where('disposition', '=', attempt.disposition)
      .execute();
    return { ...attempt, disposition: refined };
  });
}

/** Writes down fields of a call's objective; a later value replaces an earlier one of the same source. */
export async function insertFields(
  db: Database,
  {
    callId,
    source,
    fields,
  }: { callId: string; source: 'agent' | 'analysis'; fields: readonly FieldResult[] },
): Promise<void> {
  if (fields.length === 0) return;
  await db
    .insertInto('callFields')
    .values(
      fields.map(({ name, value, quote }) => ({
        callId,
        source,
        name,
        value: value === null ? null : JSON.stringify(value),
        quote,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['callId', 'name', 'source']).doUpdateSet((row) => ({
        value: row.ref('excluded.value'),
        quote: row.ref('excluded.quote'),
      })),
    )
    .execute();
}

/** The analysis of a call, `analysedAt` null while its job is not done; undefined where there is none to be made. */
export async function findAnalysis(db: Database, { callId }: { callId: string }) {
  return db.selectFrom('analyses').selectAll().where('callId', '=', callId).executeTakeFirst();
}

/** The fields of a call's objective, of both sources. */
export async function listFields(db: Database, { callId }: { callId: string }) {
  return db
    .selectFrom('callFields')
    .select(['name', 'source', 'value', 'quote'])
    .where('callId', '=', callId)
    .orderBy('source')
    .orderBy('name')
    .execute();
}

/** How callees of a campaign felt about its calls. */
export async function countSentiments(
  db: Database,
  { campaignId }: { campaignId: string },
): Promise<Record<Sentiment, number>> {
  const rows = await db
    .selectFrom('analyses')
    .innerJoin('attempts', 'attempts.id', 'analyses.callId')
    .select(['sentiment', sql<number>`count(*)`.as('calls')])
    .where('attempts.campaignId', '=', campaignId)
    .where('sentiment', 'is not', null)
    .groupBy('sentiment')
    .execute();
  const counts = { positive: 0, neutral: 0, negative: 0 };
  for (const { sentiment, calls } of rows) if (sentiment) counts[sentiment] = calls;
  return counts;
}
