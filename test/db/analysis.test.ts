import { sql } from 'kysely';
import { pino } from 'pino';
import { afterEach, describe, expect, inject, test } from 'vitest';
import type { Disposition } from '../../src/call/disposition.ts';
import type { Reader } from '../../src/conversation/engines.ts';
import type { ObjectiveField } from '../../src/conversation/objective.ts';
import { type Analysis, saveAnalysis } from '../../src/db/analyses.ts';
import { finishAttempts } from '../../src/db/finish.ts';
import { type Jobs, startJobs } from '../../src/db/jobs.ts';
import { insertTurn } from '../../src/db/transcripts.ts';
import { createAnalyst } from '../../src/engine/analyse.ts';
import type { LiveEvent } from '../../src/engine/live.ts';
import { spareTime } from '../../src/engine/spare-time.ts';
import { testApi } from '../support/api.ts';
import { databaseUrl } from '../support/database.ts';
import { seedAttempt, seedCampaign } from '../support/seed.ts';

const api = await testApi();
const { db, live } = api;
const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
const url = databaseUrl(inject('adminUrl'), rows[0]?.name ?? '');
const log = pino({ level: 'silent' });

const fields: ObjectiveField[] = [
  { name: 'party', question: 'How many will come?', type: 'number' },
  { name: 'pets', question: 'Do they bring pets?', type: 'yes_no' },
];
const campaignId = await seedCampaign(db, { state: 'active' });
await db
  .updateTable('campaigns')
  .set({ objectiveFields: JSON.stringify(fields) })
  .execute();

let calls = 0;
const nextNumber = (): string => `+4930000${String(++calls).padStart(4, '0')}`;
const line = 'Great, we will be four people.';

async function say(callId: string, speaker: 'agent' | 'callee', text: string, n: number): Promise<void> {
  const turn = {
    speaker,
    text,
    atMs: n * 1000,
    untilMs: n * 1000 + 500,
    interrupted: false,
    passages: [],
    latency: null,
  };
  await insertTurn(db, { callId, n, turn });
}

const end = async (attemptId: string, disposition: Disposition = 'answered') =>
  finishAttempts(db, [
    { attemptId, disposition, trail: { dialedAt: new Date(), answeredAt: new Date() }, recording: null },
  ]);

/** A call that has just ended in a disposition, and in which the callee has said something. */
async function talkedCall(disposition: Disposition = 'answered'): Promise<string> {
  const id = await seedAttempt(db, { campaignId, number: nextNumber(), state: 'answered' });
  await say(id, 'agent', 'Hello, this is Anna. How many will you be?', 0);
  await say(id, 'callee', line, 1);
  await end(id, disposition);
  return id;
}

const jobs = async () =>
  (
    await sql<{ callId: string; attempts: number; waits: boolean; lastError: string | null }>`
      select payload->>'callId' as call_id, attempts, last_error, run_at > now() as waits
      from graphile_worker._private_jobs`.execute(db)
  ).rows;
const jobsOf = async (id: string) => (await jobs()).filter(({ callId }) => callId === id);

let running: Jobs | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** Answers as told; what it is asked is known by the parts of the form. */
const reader = (answers: Readonly<Record<string, unknown>>): Reader => ({
  answer: async (_messages, form) =>
    Object.fromEntries(Object.keys(form).map((part) => [part, answers[part]])),
});
const goodAnswers = {
  summary: 'They will come.',
  feeling: 'positive',
  meaning: 'says yes to what the agent asks or offers',
  known: 'said',
  line,
  answer: 4,
};

function work(given: { reader: Reader | null; spare?: ReturnType<typeof spareTime> }): void {
  const analyse = createAnalyst({
    db,
    live,
    log,
    spare: given.spare ?? spareTime(),
    reader: given.reader,
    onRefined: async () => undefined,
  });
  running = startJobs({ url, tasks: { analyse }, log });
}

const analysed = async (callId: string) =>
  new Promise<LiveEvent>((resolve) => {
    const stop = live.subscribe((event) => {
      if (event.type !== 'analysis' || event.callId !== callId) return;
      stop();
      resolve(event);
    });
  });

describe('the job of a call', () => {
  test('stands in the database with the end of the call, once', async () => {
    const id = await talkedCall();
    await end(id);
    expect(await jobsOf(id)).toHaveLength(1);
    const { statusCode, body } = await api.send('GET', `/calls/${id}/analysis`);
    expect({ statusCode, body: JSON.parse(body) as unknown }).toMatchObject({
      statusCode: 200,
      body: { analysedAt: null, summary: null, fields: [] },
    });
  });

  test('is left only where the callee has said something', async () => {
    const id = await seedAttempt(db, { campaignId, number: nextNumber(), state: 'answered' });
    await say(id, 'agent', 'Hello, this is Anna.', 0);
    await end(id);
    expect(await jobsOf(id)).toEqual([]);
    expect((await api.send('GET', `/calls/${id}/analysis`)).statusCode).toBe(404);
  });

  test('is not there when the end could not be written', async () => {
    const id = await seedAttempt(db, { campaignId, number: nextNumber(), state: 'answered' });
    await say(id, 'callee', line, 0);
    const tooLong = { file: 'x.wav', sha256: Buffer.alloc(32), durationMs: 1e12 };
    const trail = { dialedAt: new Date() };
    const ending = finishAttempts(db, [
      { attemptId: id, disposition: 'answered', trail, recording: tooLong },
    ]);
    await expect(ending).rejects.toThrow('out of range');
    expect(await jobsOf(id)).toEqual([]);
  });

  test('asks the model, keeps what has evidence, refines the disposition, and tells', async () => {
    const id = await talkedCall();
    const told = analysed(id);
    work({ reader: reader(goodAnswers) });
    expect(await told).toMatchObject({ sentiment: 'positive', disposition: 'interested' });
    expect((await api.send('GET', `/calls/${id}/analysis`)).json()).toEqual({
      analysedAt: expect.any(String),
      summary: 'They will come.',
      sentiment: { value: 'positive', quote: line },
      disposition: { value: 'interested', quote: line },
      fields: [
        { name: 'party', source: 'analysis', value: 4, quote: line },
        { name: 'pets', source: 'analysis', value: null, quote: null },
      ],
    });
    const { disposition } = (await api.send('GET', `/calls/${id}`)).json<{ disposition: string }>();
    expect(disposition).toBe('interested');
    const stats = (await api.send('GET', `/campaigns/${campaignId}/stats`)).json<{ sentiment: unknown }>();
    expect(stats.sentiment).toMatchObject({ negative: 0, neutral: 0 });
  });

  test('quotes nobody: nothing is kept', async () => {
    const id = await talkedCall();
    const told = analysed(id);
    work({ reader: reader({ ...goodAnswers, line: 'I hate it all.' }) });
    expect(await told).toMatchObject({ sentiment: null, disposition: 'answered' });
  });

  test('waits while a conversation is on', async () => {
    const id = await talkedCall();
    const spare = spareTime();
    const over = spare.take();
    const told = analysed(id);
    let asked = 0;
    const counting: Reader = {
      answer: async (...args) => {
        asked += 1;
        return reader(goodAnswers).answer(...args);
      },
    };
    work({ reader: counting, spare });
    await expect.poll(async () => (await jobsOf(id))[0]?.attempts, { timeout: 10_000 }).toBe(1);
    expect(asked).toBe(0);
    over();
    await told;
    expect(asked).toBe(5);
  });

  test.each([
    ['there is no model', null, 'There is no language model.'],
    ['the model fails', { answer: async () => Promise.reject(new Error('HTTP 500')) }, 'HTTP 500'],
  ])('is tried again later when %s', async (_what, failing, lastError) => {
    const id = await talkedCall();
    work({ reader: failing });
    await expect
      .poll(async () => jobsOf(id), { timeout: 10_000 })
      .toMatchObject([{ attempts: 1, waits: true, lastError }]);
  });

  test('a stop interrupts it, and the next start does it', async () => {
    const id = await talkedCall();
    const asked = Promise.withResolvers<void>();
    const stuck: Reader = {
      answer: async (_messages, _form, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          asked.resolve();
        }),
    };
    work({ reader: stuck });
    await asked.promise;
    await running?.stop();
    expect(await jobsOf(id)).toHaveLength(1);
    await sql`update graphile_worker._private_jobs set run_at = now()`.execute(db);
    const told = analysed(id);
    work({ reader: reader(goodAnswers) });
    await told;
    await expect.poll(async () => jobsOf(id), { timeout: 10_000 }).toEqual([]);
  });
});

const analysis = (value: 'interested' | 'refused' | 'wrong_person' | 'callback_wanted'): Analysis => ({
  summary: '',
  sentiment: null,
  outcome: { value, quote: line },
  fields: [],
});
const leadOf = async (callId: string) =>
  db
    .selectFrom('attempts')
    .innerJoin('leads', 'leads.id', 'attempts.leadId')
    .select(['attempts.disposition as attempt', 'leads.disposition as lead', 'leads.state', 'leads.nextAt'])
    .where('attempts.id', '=', callId)
    .executeTakeFirstOrThrow();

describe('what an analysis makes of lead and attempt', () => {
  test.each([
    ['answered', 'refused', 'refused', 'done'],
    ['answered', 'callback_wanted', 'callback_wanted', 'done'],
    ['hung_up_early', 'refused', 'refused', 'done'],
    ['hung_up_early', 'interested', 'hung_up_early', 'waiting'],
    ['dnc_request', 'interested', 'dnc_request', 'done'],
    ['wrong_person', 'interested', 'wrong_person', 'done'],
  ] as const)('%s, read as %s: %s, and the lead is %s', async (disposition, heard, expected, state) => {
    const id = await talkedCall(disposition);
    await saveAnalysis(db, { callId: id, analysis: analysis(heard) });
    const lead = await leadOf(id);
    expect(lead).toMatchObject({ attempt: expected, lead: expected, state });
    expect(lead.nextAt === null).toBe(state === 'done');
  });

  test('is written once', async () => {
    const id = await talkedCall();
    expect(await saveAnalysis(db, { callId: id, analysis: analysis('refused') })).toBeDefined();
    expect(await saveAnalysis(db, { callId: id, analysis: analysis('interested') })).toBeUndefined();
    expect((await leadOf(id)).attempt).toBe('refused');
  });

  test('a lead that is being rung again is left to that call', async () => {
    const id = await talkedCall('hung_up_early');
    await db
      .updateTable('leads')
      .set({ state: 'calling', nextAt: null })
      .where('disposition', '=', 'hung_up_early')
      .execute();
    await saveAnalysis(db, { callId: id, analysis: analysis('refused') });
    expect(await leadOf(id)).toMatchObject({ attempt: 'refused', lead: 'hung_up_early', state: 'calling' });
  });
});
