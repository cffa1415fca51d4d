import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { clearNumbers } from '../../src/db/clear-numbers.ts';
import { claimAttempts } from '../../src/db/claim.ts';
import { markDialing } from '../../src/db/attempts.ts';
import { type Ended, finishAttempts } from '../../src/db/finish.ts';
import { insertDnc, lockNumber } from '../../src/db/dnc.ts';
import { holdLease } from '../../src/db/leases.ts';
import { alwaysOpen, defaultWindows } from '../../src/schedule/windows.ts';
import { freshDatabase } from '../support/database.ts';
import { dramaNumber, seedActiveCampaign, seedLease } from '../support/seed-dialing.ts';

const db = await freshDatabase();
const pbx = 'pbx-1';
const lots = { pbx, epoch: 1, limit: 1000, horizonMs: 60_000, talkSlots: 1 };
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => dramaNumber(index));

beforeEach(async () => {
  await sql`truncate agents, contacts, dnc, trunks, campaigns, leads, attempts, calls, leases, imports cascade`.execute(
    db,
  );
  await seedLease(db, pbx);
});

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 24, 10, 0, seconds));
const finish = async (end: Ended) => (await finishAttempts(db, [end]))[0] ?? null;
const claim = (campaignId: string, changes: Partial<typeof lots> = {}) =>
  claimAttempts(db, { ...lots, campaignId, ...changes });

test('I11: no more calls at once than there are slots for conversations, over all campaigns of a PBX', async () => {
  const talking = await seedActiveCampaign(db, { numbers: numbers(5), talks: true });
  const more = await seedActiveCampaign(db, { numbers: [dramaNumber(7)], talks: true });
  const silent = await seedActiveCampaign(db, { numbers: [dramaNumber(8)] });
  expect((await claim(talking.id, { talkSlots: 0 })).reserved).toEqual([]);
  const first = await claim(talking.id, { talkSlots: 2 });
  expect(first.reserved).toHaveLength(2);
  expect((await claim(more.id, { talkSlots: 2 })).reserved).toEqual([]);
  expect((await claim(silent.id, { talkSlots: 2 })).reserved).toHaveLength(1);
  await finish({
    attemptId: first.reserved[0]?.attemptId ?? '',
    disposition: 'not_placed',
    trail: null,
    recording: null,
  });
  expect((await claim(more.id, { talkSlots: 2 })).reserved).toHaveLength(1);
});

test('an attempt carries all that its agent says by itself', async () => {
  const { id } = await seedActiveCampaign(db, { numbers: numbers(1), greeting: 'Hello {{first_name}}.' });
  await sql`update agents set recording_notice = 'We record.', disclosure = 'I am an AI.', voicemail_message = 'Bye.'`.execute(
    db,
  );
  expect((await claim(id)).reserved).toMatchObject([
    {
      recordingNotice: 'We record.',
      disclosure: 'I am an AI.',
      greeting: 'Hello {{first_name}}.',
      voicemailMessage: 'Bye.',
    },
  ]);
});

test('a promised callback beats the policy, inside the calling window', async () => {
  const campaign = await seedActiveCampaign(db, {
    numbers: numbers(1),
    windows: defaultWindows,
    timezone: 'Europe/London',
  });
  await sql`update campaigns set windows = ${JSON.stringify(alwaysOpen)}`.execute(db);
  const { reserved } = await claim(campaign.id);
  await sql`update campaigns set windows = ${JSON.stringify(defaultWindows)}`.execute(db);
  const promised = new Date('2027-01-09T15:00:00Z');
  const ended = await finish({
    attemptId: reserved[0]?.attemptId ?? '',
    disposition: 'callback',
    trail: { dialedAt: at(0), answeredAt: at(1), agreement: { type: 'callback', at: promised } },
    recording: null,
  });
  expect(ended?.nextAt).toEqual(promised);
});

describe('I1: one live attempt per number', () => {
  test('across campaigns and concurrent claims', async () => {
    const campaigns = [];
    for (let n = 0; n < 4; n++)
      campaigns.push(await seedActiveCampaign(db, { numbers: numbers(60), trunkId: `t-${n}` }));
    const claims = await Promise.all(
      campaigns.flatMap(({ id }) => [1, 2, 3].map(() => claim(id, { limit: 25 }))),
    );
    const reserved = claims.flatMap((each) => each.reserved.map(({ number }) => number));
    expect(reserved.length).toBeGreaterThan(40);
    expect(new Set(reserved).size).toBe(reserved.length);
  });

  test('a number that is in another call steps aside and comes back', async () => {
    const first = await seedActiveCampaign(db, { numbers: numbers(1) });
    const second = await seedActiveCampaign(db, { numbers: numbers(1), trunkId: 'other' });
    const [attempt] = (await claim(first.id)).reserved;
    expect((await claim(second.id)).reserved).toEqual([]);
    const waiting = await db
      .selectFrom('leads')
      .select(['state', 'nextAt'])
      .where('campaignId', '=', second.id)
      .executeTakeFirstOrThrow();
    expect(waiting.state).toBe('waiting');
    expect(waiting.nextAt?.getTime()).toBeGreaterThan(Date.now());
    await finish({
      attemptId: attempt?.attemptId ?? '',
      disposition: 'answered',
      trail: null,
      recording: null,
    });
    await db
      .updateTable('leads')
      .set({ nextAt: sql<Date>`now() - interval '1 second'` })
      .where('campaignId', '=', second.id)
      .execute();
    expect((await claim(second.id)).reserved).toHaveLength(1);
  });
});

describe('I4: DNC', () => {
  test('no claim after the entry is acknowledged, however they interleave', async () => {
    const { id } = await seedActiveCampaign(db, { numbers: numbers(40) });
    const acknowledged: { number: string; at: Date }[] = [];
    const enter = async (number: string): Promise<void> => {
      await db.transaction().execute(async (tx) => {
        await lockNumber(tx, { number });
        await insertDnc(tx, { number, campaignId: null, source: 'operator', reason: '' });
      });
      const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db);
      acknowledged.push({ number, at: rows[0]?.at ?? new Date(0) });
    };
    await Promise.all([
      ...numbers(40)
        .filter((_, index) => index % 2 === 0)
        .map(enter),
      ...Array.from({ length: 20 }, () => claim(id, { limit: 2 })),
    ]);
    await claim(id);
    const attempts = await db.selectFrom('attempts').select(['number', 'reservedAt']).execute();
    for (const { number, at } of acknowledged) {
      const late = attempts.filter((attempt) => attempt.number === number && attempt.reservedAt > at);
      expect(late).toEqual([]);
    }
    expect(attempts.length).toBeGreaterThanOrEqual(20);
  });

  test('an entry for one campaign refuses the lead there only', async () => {
    const [here, there] = [
      await seedActiveCampaign(db, { numbers: numbers(1) }),
      await seedActiveCampaign(db, { numbers: numbers(1), trunkId: 'other' }),
    ];
    await insertDnc(db, { number: dramaNumber(0), campaignId: here.id, source: 'operator', reason: '' });
    expect(await claim(here.id)).toMatchObject({ reserved: [], refused: 1 });
    const lead = await db
      .selectFrom('leads')
      .selectAll()
      .where('campaignId', '=', here.id)
      .executeTakeFirst();
    expect(lead).toMatchObject({ state: 'done', nextAt: null, disposition: 'dnc_listed' });
    expect((await claim(there.id)).reserved).toHaveLength(1);
  });

  test('an entry between claim and INVITE stops the INVITE', async () => {
    const { id } = await seedActiveCampaign(db, { numbers: numbers(2) });
    const { reserved } = await claim(id);
    await insertDnc(db, { number: dramaNumber(0), campaignId: null, source: 'callee', reason: '' });
    const allowed = await markDialing(db, { attemptIds: reserved.map(({ attemptId }) => attemptId) });
    expect(reserved.filter(({ attemptId }) => allowed.has(attemptId)).map(({ number }) => number)).toEqual([
      dramaNumber(1),
    ]);
  });
});

describe('I7: caps', () => {
  test.each([
    ['campaign', { campaign: { maxConcurrent: 7 } }],
    ['trunk', { trunk: { channels: 7 } }],
  ])('the %s cap holds under concurrent claims and frees with each end', async (_, caps) => {
    const { id } = await seedActiveCampaign(db, { numbers: numbers(30), ...caps });
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(id)));
    const reserved = claims.flatMap((each) => each.reserved);
    expect(reserved).toHaveLength(7);
    await finish({
      attemptId: reserved[0]?.attemptId ?? '',
      disposition: 'busy',
      trail: null,
      recording: null,
    });
    expect((await claim(id)).reserved).toHaveLength(1);
  });

  test('slots of a trunk are a period apart, also across campaigns, claims and a restart', async () => {
    const trunk = { callsPerSecond: 20 };
    const campaigns = [
      await seedActiveCampaign(db, { numbers: numbers(20), trunk }),
      await seedActiveCampaign(db, { numbers: numbers(60).slice(20), trunk }),
    ];
    const claims = await Promise.all(
      campaigns.flatMap(({ id }) => [1, 2].map(() => claim(id, { limit: 10 }))),
    );
    const slots = claims
      .flatMap((each) => each.reserved.map(({ dialAt }) => dialAt.getTime()))
      .sort((a, b) => a - b);
    expect(slots).toHaveLength(40);
    for (const [index, slot] of slots.slice(1).entries())
      expect(slot - (slots[index] ?? 0)).toBeGreaterThanOrEqual(49);
  });

  test('no slot lies beyond the horizon', async () => {
    const { id } = await seedActiveCampaign(db, { numbers: numbers(30), trunk: { callsPerSecond: 10 } });
    expect((await claim(id, { horizonMs: 500 })).reserved.length).toBeLessThanOrEqual(6);
  });
});

test('I14: a dialer whose lease has passed to another claims nothing', async () => {
  const { id } = await seedActiveCampaign(db, { numbers: numbers(2) });
  await db
    .updateTable('leases')
    .set({ expiresAt: sql<Date>`now() - interval '1 second'` })
    .execute();
  expect((await claim(id)).reserved).toEqual([]);
  expect(await holdLease(db, { pbx, holder: crypto.randomUUID(), seconds: 10 })).toBe(2);
  expect((await claim(id)).reserved).toEqual([]);
  expect((await claim(id, { epoch: 2 })).reserved).toHaveLength(2);
});

test('I3: outside the window the lead waits for its next opening', async () => {
  const tomorrow = new Date(Date.now() + 24 * 3600 * 1000);
  const day = (['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const)[tomorrow.getUTCDay()] ?? 'sun';
  const closed = { sun: [], mon: [], tue: [], wed: [], thu: [], fri: [], sat: [] };
  const windows = { ...alwaysOpen, weekly: { ...closed, [day]: [{ from: 600, to: 660 }] } };
  const { id } = await seedActiveCampaign(db, {
    numbers: numbers(1),
    windows,
    timezone: 'Atlantic/Reykjavik',
  });
  expect((await claim(id)).reserved).toEqual([]);
  const { nextAt } = await db.selectFrom('leads').select('nextAt').executeTakeFirstOrThrow();
  expect(nextAt?.toISOString()).toBe(`${tomorrow.toISOString().slice(0, 10)}T10:00:00.000Z`);
});

test.each([
  ['+33123456789', 'not_allowed'],
  ['+447', 'invalid_number'],
])('%s is refused for good: %s', async (number, disposition) => {
  const { id } = await seedActiveCampaign(db, { numbers: [dramaNumber(1)] });
  await db.updateTable('leads').set({ number }).execute();
  expect(await claim(id)).toMatchObject({ reserved: [], refused: 1 });
  expect(await db.selectFrom('leads').select(['state', 'disposition']).executeTakeFirst()).toEqual({
    state: 'done',
    disposition,
  });
});

test('I8: gap and daily cap count attempts of other campaigns', async () => {
  const first = await seedActiveCampaign(db, { numbers: numbers(1) });
  const [attempt] = (await claim(first.id)).reserved;
  await finish({
    attemptId: attempt?.attemptId ?? '',
    disposition: 'no_answer',
    trail: null,
    recording: null,
  });
  const gap = await seedActiveCampaign(db, { numbers: numbers(1), campaign: { minGapS: 600 }, trunkId: 'b' });
  const daily = await seedActiveCampaign(db, {
    numbers: numbers(1),
    campaign: { maxPerDay: 1 },
    trunkId: 'c',
  });
  const free = await seedActiveCampaign(db, {
    numbers: numbers(1),
    campaign: { maxPerDay: 2 },
    trunkId: 'd',
  });
  expect((await claim(gap.id)).reserved).toEqual([]);
  expect((await claim(daily.id)).reserved).toEqual([]);
  expect((await claim(free.id)).reserved).toHaveLength(1);
});

test('I13: every decision leaves its proof in an unbroken chain that nobody can change', async () => {
  const { id } = await seedActiveCampaign(db, { numbers: numbers(5) });
  await insertDnc(db, { number: dramaNumber(0), campaignId: null, source: 'operator', reason: '' });
  await claim(id, { limit: 2 });
  await claim(id);
  const decisions = await db
    .selectFrom('decisions')
    .selectAll()
    .where('campaignId', '=', id)
    .orderBy('id')
    .execute();
  expect(decisions.map(({ verdict }) => verdict).sort()).toEqual(['dial', 'dial', 'dial', 'dial', 'refuse']);
  let head = Buffer.alloc(0);
  for (const { proof, hash } of decisions) {
    head = createHash('sha256').update(head).update(proof).digest();
    expect(hash).toEqual(head);
  }
  await expect(sql`update decisions set proof = '{}'`.execute(db)).rejects.toThrow('append-only');
  await expect(sql`delete from decisions`.execute(db)).rejects.toThrow('append-only');
});

describe('ending an attempt', () => {
  test('I5, I15: only the first end counts', async () => {
    const { id } = await seedActiveCampaign(db, { numbers: numbers(1) });
    const [attempt] = (await claim(id)).reserved;
    const end = { attemptId: attempt?.attemptId ?? '', trail: null, recording: null };
    const ends = await Promise.all([
      finish({ ...end, disposition: 'busy' }),
      finish({ ...end, disposition: 'lost_app' }),
    ]);
    expect(ends.filter((each) => each !== null)).toHaveLength(1);
    expect(await db.selectFrom('leads').select('attempts').executeTakeFirst()).toEqual({ attempts: 1 });
  });

  test('a lead goes through its policy to its last attempt', async () => {
    const { id } = await seedActiveCampaign(db, { numbers: numbers(1) });
    for (let n = 1; n <= 5; n++) {
      await db
        .updateTable('leads')
        .set({ nextAt: sql<Date>`now() - interval '1 second'` })
        .execute();
      const [attempt] = (await claim(id)).reserved;
      const finished = await finish({
        attemptId: attempt?.attemptId ?? '',
        disposition: 'busy',
        trail: null,
        recording: null,
      });
      expect(finished?.nextAt === null).toBe(n === 5);
    }
    expect(
      await db
        .selectFrom('leads')
        .select(['state', 'attempts', 'outcomes', 'disposition'])
        .executeTakeFirst(),
    ).toEqual({ state: 'done', attempts: 5, outcomes: { busy: 5 }, disposition: 'busy' });
  });

  test('F12: a number that its trunk wrongly called unknown is rung again as after a network error', async () => {
    const { id } = await seedActiveCampaign(db, { numbers: numbers(2) });
    const { reserved } = await claim(id);
    for (const { attemptId } of reserved)
      await finish({ attemptId, disposition: 'invalid_number', trail: null, recording: null });
    await clearNumbers(db, { attemptIds: reserved.slice(0, 1).map(({ attemptId }) => attemptId) });
    const leads = db.selectFrom('leads').select(['state', 'attempts', 'outcomes', 'disposition']);
    expect(await leads.orderBy('state').execute()).toEqual([
      { state: 'waiting', attempts: 1, outcomes: { network_error: 1 }, disposition: 'network_error' },
      { state: 'done', attempts: 1, outcomes: { invalid_number: 1 }, disposition: 'invalid_number' },
    ]);
    expect(await db.selectFrom('attempts').select('disposition').orderBy('disposition').execute()).toEqual([
      { disposition: 'invalid_number' },
      { disposition: 'network_error' },
    ]);
  });

  test('an attempt that was never placed does not count against the caps', async () => {
    const { id } = await seedActiveCampaign(db, { numbers: numbers(1), campaign: { maxAttempts: 1 } });
    const [attempt] = (await claim(id)).reserved;
    const finished = await finish({
      attemptId: attempt?.attemptId ?? '',
      disposition: 'not_placed',
      trail: null,
      recording: null,
    });
    expect(finished?.nextAt).not.toBeNull();
  });

  test('the call is billed by the trunk and kept with its raw values', async () => {
    const { id } = await seedActiveCampaign(db, { numbers: numbers(1) });
    await db
      .updateTable('trunks')
      .set({ costPerMinute: '0.06', billingMinimumS: 30, billingIncrementS: 6 })
      .execute();
    const [attempt] = (await claim(id)).reserved;
    const trail = {
      dialedAt: at(0),
      ringingAt: at(1),
      answeredAt: at(5),
      endedAt: at(38),
      greetingHeard: true,
      destroyed: { q850: 16 },
    };
    await finish({
      attemptId: attempt?.attemptId ?? '',
      disposition: 'answered',
      trail,
      recording: null,
    });
    expect(await db.selectFrom('calls').selectAll().executeTakeFirst()).toMatchObject({
      billedS: 36,
      cost: '0.036000',
      q850: 16,
      sipCode: null,
      answeredAt: at(5),
      greetingHeard: true,
    });
  });
});
