/** A whole campaign over real SIP, with the far end's own records as the witness of what was dialed. */
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { witnessFaults } from '../../scripts/demo/check.ts';
import { demoRetry, expectations } from '../../scripts/demo/expectations.ts';
import { type World, startWorld } from '../../scripts/world.ts';
import { type FarEndRecord, readFarEndRecords } from '../../src/native/far-end.ts';
import {
  type CallBody,
  type TestCampaign,
  createCampaign,
  dramaNumberIn,
  neverAgain,
  until,
} from '../support/campaign.ts';
import { freshDatabaseUrl } from '../support/database.ts';

const CHANNELS = 25;
const CALLS_PER_SECOND = 10;

const databaseUrl = await freshDatabaseUrl();
let world: World;
beforeAll(async () => {
  vi.stubEnv('DATABASE_URL', databaseUrl);
  world = await startWorld({
    say: () => undefined,
    env: { CARILLON_TALK: 'off' },
    log: pino({ level: 'silent' }),
  });
  await world.api.call('POST', '/trunks', {
    ...world.trunk,
    channels: CHANNELS,
    callsPerSecond: CALLS_PER_SECOND,
  });
});
afterAll(async () => world.stop());

const campaignOf = async (
  settings: Partial<Parameters<typeof createCampaign>[1]> & { numbers: readonly string[] },
): Promise<TestCampaign> => createCampaign(world.api, { trunkId: 'far-end', retry: neverAgain, ...settings });

const recordsOf = async (numbers: readonly string[]): Promise<FarEndRecord[]> => {
  const records = await readFarEndRecords(world.farEnd.recordsFolder);
  return records.filter(({ dialed }) => numbers.includes(dialed));
};

/** The far end writes its record a moment after the call. */
const untilWitnessed = async (number: string, count: number): Promise<FarEndRecord[]> =>
  until(
    async () => recordsOf([number]),
    (records) => records.length === count,
    5000,
  );

const isIn = (state: CallBody['state']) => (call: CallBody) => call.state === state;
const ended = (calls: readonly CallBody[]): boolean => calls.length > 0 && calls.every(isIn('ended'));

describe.concurrent('a campaign', () => {
  test('rings each behaviour of the far end as often as its policy says, and completes by itself', async () => {
    const most = 8;
    const numbers = Object.keys(expectations).map((code) => dramaNumberIn(113, `0${code}`));
    // Two unanswered attempts of 15 s each are proof enough.
    const retry = { ...demoRetry, no_answer: { afterSeconds: 2, upTo: 2 } };
    const network = { ...demoRetry.network_error, afterSeconds: 2, upTo: 2 };
    const campaign = await campaignOf({
      numbers,
      retry: { ...retry, network_error: network },
      maxConcurrent: most,
    });
    await campaign.command('start');
    await campaign.untilState('completed');

    const outcomes = (await campaign.leads()).map(({ number, attempts, disposition }) => [
      number.slice(-2),
      { disposition, attempts },
    ]);
    const expected = Object.entries(expectations).map(([code, { disposition, attempts }]) => {
      const fewer = disposition === 'no_answer' || disposition === 'network_error';
      return [code, { disposition, attempts: fewer ? 2 : attempts }];
    });
    expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(expected));
    const calls = await campaign.calls();
    await vi.waitFor(async () =>
      expect(witnessFaults(calls, await recordsOf(numbers), most, CALLS_PER_SECOND)).toEqual([]),
    );
  });

  test('paused starts no new call while live ones finish, and goes on when it is resumed', async () => {
    const numbers = ['001', '101', '201', '301'].map((digits) => dramaNumberIn(114, digits));
    const campaign = await campaignOf({ numbers, maxConcurrent: 2 });
    await campaign.command('start');
    await campaign.untilCalls((calls) => calls.filter(({ state }) => state === 'ringing').length === 2);
    expect(await campaign.command('pause')).toMatchObject({ state: 'paused', pausedBecause: ['operator'] });

    const calls = await campaign.untilCalls(ended);
    expect(calls.map(({ disposition }) => disposition)).toEqual(['answered', 'answered']);
    expect(await campaign.now()).toMatchObject({ state: 'paused' });

    await campaign.command('resume');
    await campaign.untilState('completed');
    const leads = await campaign.leads();
    expect(leads.map(({ disposition, attempts }) => [disposition, attempts])).toEqual(
      numbers.map(() => ['answered', 1]),
    );
  });

  test('cancelled stops ringing, lets answered calls finish, and never rings who waits', async () => {
    const [answers, rings, waits] = ['005', '020', '120'].map((digits) => dramaNumberIn(121, digits)) as [
      string,
      string,
      string,
    ];
    const campaign = await campaignOf({ numbers: [answers, rings], maxConcurrent: 2 });
    await campaign.command('start');
    await campaign.untilCalls(
      (calls) => calls.some(isIn('answered')) && calls.some(isIn('ringing')) && calls.length === 2,
    );
    await campaign.add(waits);
    expect(await campaign.command('cancel')).toMatchObject({ state: 'cancelled' });
    const cancelledAt = Date.now();

    const [cancelled] = await untilWitnessed(rings, 1);
    expect(cancelled?.endedAt).toBeLessThan(cancelledAt + 1000);
    const calls = await campaign.untilCalls(ended);
    const outcomes = new Map(calls.map(({ number, disposition }) => [number, disposition]));
    expect(outcomes).toEqual(
      new Map([
        [answers, 'no_audio'],
        [rings, 'cancelled'],
      ]),
    );
    await expect(campaign.command('start')).rejects.toThrow(/409.*will not resume/);
    expect(await recordsOf([waits])).toEqual([]);
  });

  test('stops ringing a number within a second of its DNC entry (I4)', async () => {
    const number = dramaNumberIn(116, '020');
    const campaign = await campaignOf({ numbers: [number] });
    await campaign.command('start');
    await campaign.untilCalls((calls) => calls.some(isIn('ringing')));
    await world.api.call('POST', '/dnc', { number, reason: 'asked in writing' });
    const acknowledgedAt = Date.now();

    const [record] = await untilWitnessed(number, 1);
    expect(record?.endedAt).toBeLessThan(acknowledgedAt + 1000);
    await campaign.untilState('completed');
    expect(await campaign.leads()).toMatchObject([{ disposition: 'dnc_listed', state: 'done' }]);
  });

  test('takes a pressed 9 as a wish never to be called again, by any campaign (I4, I9)', async () => {
    const number = dramaNumberIn(117, '003');
    const [first, other] = [await campaignOf({ numbers: [number] }), await campaignOf({ numbers: [number] })];
    await first.command('start');
    await first.untilCalls((calls) => calls.length === 1);
    await other.command('start');
    await first.untilState('completed');
    expect(await first.leads()).toMatchObject([{ disposition: 'dnc_request', attempts: 1 }]);
    const [entry] = await world.api.list<{ source: string; createdAt: string }>(
      `/dnc?number=${encodeURIComponent(number)}`,
    );
    expect(entry).toMatchObject({ source: 'callee' });
    const [call] = await first.calls();
    expect(entry?.createdAt.localeCompare(call?.endedAt ?? '')).toBe(-1);

    await other.untilState('completed');
    expect(await other.leads()).toMatchObject([{ disposition: 'dnc_listed', attempts: 0 }]);
    expect(await recordsOf([number])).toHaveLength(1);
  });

  test('waits while another campaign is calling the same number (I1)', async () => {
    const number = dramaNumberIn(118, '001');
    const both = [await campaignOf({ numbers: [number] }), await campaignOf({ numbers: [number] })];
    await Promise.all(both.map(async (campaign) => campaign.command('start')));
    await Promise.all(both.map(async (campaign) => campaign.untilState('completed')));
    for (const campaign of both) {
      expect(await campaign.leads()).toMatchObject([{ disposition: 'answered', attempts: 1 }]);
    }
    const [earlier, later] = (await untilWitnessed(number, 2)).sort((a, b) => a.startedAt - b.startedAt);
    expect(later?.startedAt).toBeGreaterThan(earlier?.endedAt ?? Infinity);
  });
});

test('what the database says was dialed is what the far end saw, within every limit (I1, I2, I7)', async () => {
  const calls = await world.api.list<CallBody>('/calls');
  const faults = async (): Promise<string[]> => {
    const records = await readFarEndRecords(world.farEnd.recordsFolder);
    return witnessFaults(calls, records, CHANNELS, CALLS_PER_SECOND);
  };
  await vi.waitFor(async () => expect(await faults()).toEqual([]), 5000);
  expect(calls.filter(({ disposition }) => disposition === null)).toEqual([]);
});
