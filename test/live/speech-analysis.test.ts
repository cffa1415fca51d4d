/** The real model reads transcripts. What it makes of them is its own; what code keeps of that is asserted. */
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outcomes, sentiments } from '../../src/conversation/analysis.ts';
import type { Reader } from '../../src/conversation/engines.ts';
import type { ObjectiveField } from '../../src/conversation/objective.ts';
import { findAnalysis, listFields } from '../../src/db/analyses.ts';
import { finishAttempts } from '../../src/db/finish.ts';
import { insertTurn } from '../../src/db/transcripts.ts';
import { createAnalyst } from '../../src/engine/analyse.ts';
import { createLiveFeed } from '../../src/engine/live.ts';
import { spareTime } from '../../src/engine/spare-time.ts';
import { openaiChat } from '../../src/llm/openai.ts';
import { LOCAL_CHAT_MODEL, startLlamaServer } from '../../src/native/engines.ts';
import type { Supervised } from '../../src/native/supervise.ts';
import { freshDatabase } from '../support/database.ts';
import { seedAttempt, seedCampaign } from '../support/seed.ts';

const log = pino({ level: 'silent' });
const db = await freshDatabase();
let server: Supervised;
let reader: Reader;
beforeAll(async () => {
  server = await startLlamaServer(() => undefined, log);
  reader = openaiChat({ url: server.url, model: LOCAL_CHAT_MODEL, key: undefined, tools: 'grammar' });
}, 600_000);
afterAll(() => server.stop());

/** Five questions about a short transcript take 35 s on two busy cores. */
const ENOUGH_MS = 120_000;
const patience = { timeout: ENOUGH_MS + 10_000 };

type Line = readonly [speaker: 'agent' | 'callee', text: string];

/** The findings about a call in which this was said. */
async function analyse(number: string, lines: readonly Line[], fields: readonly ObjectiveField[]) {
  const campaignId = await seedCampaign(db, { state: 'active' });
  await db
    .updateTable('campaigns')
    .set({ objectiveFields: JSON.stringify(fields) })
    .where('id', '=', campaignId)
    .execute();
  const callId = await seedAttempt(db, { campaignId, number, state: 'answered' });
  for (const [n, [speaker, text]] of lines.entries()) {
    const at = { atMs: n * 3000, untilMs: n * 3000 + 2000 };
    const turn = { speaker, text, ...at, interrupted: false, passages: [], latency: null };
    await insertTurn(db, { callId, n, turn });
  }
  const trail = { dialedAt: new Date(), answeredAt: new Date() };
  await finishAttempts(db, [{ attemptId: callId, disposition: 'answered', trail, recording: null }]);
  const analyst = createAnalyst({
    db,
    reader,
    spare: spareTime(),
    live: createLiveFeed(),
    log,
    onRefined: async () => undefined,
  });
  await analyst({ callId }, AbortSignal.timeout(ENOUGH_MS));
  const found = await findAnalysis(db, { callId });
  if (!found) throw new Error('There is no analysis.');
  return { ...found, fields: await listFields(db, { callId }) };
}

const said = (lines: readonly Line[]): string[] =>
  lines.flatMap(([speaker, text]) => (speaker === 'callee' ? [text] : []));

const day: ObjectiveField = { name: 'day', question: 'On which day will they come?', type: 'date' };
const party: ObjectiveField = { name: 'party', question: 'How many people will come?', type: 'number' };

test('every finding quotes the callee, and what nobody said is not said', patience, async () => {
  const lines: Line[] = [
    ['agent', 'Hello, this is Anna of Harbour Dental. Would you like to come to our open day on Friday?'],
    ['callee', 'Oh yes, we would love to come.'],
    ['agent', 'Wonderful. How many people will come?'],
    ['callee', 'We will be four people.'],
    ['agent', 'Thank you very much. Goodbye.'],
  ];
  const analysis = await analyse('+4930000001', lines, [party, day]);
  expect(analysis.analysedAt).not.toBeNull();
  expect(analysis.summary).toMatch(/\w+ \w+/);
  for (const [value, quote, values] of [
    [analysis.sentiment, analysis.sentimentQuote, sentiments],
    [analysis.disposition, analysis.dispositionQuote, outcomes],
  ] as const) {
    if (value === null) expect(quote).toBeNull();
    else {
      expect(values).toContain(value);
      expect(said(lines)).toContain(quote);
    }
  }
  expect(analysis.fields).toEqual([
    { name: 'day', source: 'analysis', value: null, quote: null },
    expect.toSatisfy(
      ({ value, quote }: { value: unknown; quote: string | null }) =>
        (value === 4 && quote === 'We will be four people.') || (value === null && quote === null),
    ),
  ]);
});

test('a callee who says next to nothing has said nothing of what is asked', patience, async () => {
  const lines: Line[] = [
    ['agent', 'Hello, this is Anna of Harbour Dental. Will the four of you come on Friday?'],
    ['callee', 'What? I can not hear you.'],
    ['agent', 'Goodbye.'],
  ];
  const { fields } = await analyse('+4930000002', lines, [party, day]);
  expect(fields).toEqual([
    { name: 'day', source: 'analysis', value: null, quote: null },
    { name: 'party', source: 'analysis', value: null, quote: null },
  ]);
});
