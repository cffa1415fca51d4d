/** What carriers can say and do, through the whole engine, to what becomes of campaign, trunk and contact. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type World, startWorld } from '../../scripts/world.ts';
import { readFarEndRecords } from '../../src/native/far-end.ts';
import { FAILED_RUN, UNKNOWN_RUN } from '../../src/campaign/trunk-breaker.ts';
import { freePorts } from '../../src/native/ports.ts';
import {
  type TestCampaign,
  createCampaign,
  dramaNumberIn,
  neverAgain,
  oursAgain,
  until,
} from '../support/campaign.ts';
import { carrierAnswers } from '../support/carrier-answers.ts';
import { freshDatabaseUrl } from '../support/database.ts';
import { type Carrier, startCarrier } from './sipp/carrier.ts';
import { answersAfterCancel, ringsThenAnswersByStatus } from './sipp/scenarios.ts';

/** In Leeds they refuse at once, in Sheffield after ringing. */
const [AT_ONCE, RINGING] = [113, 114];
/** A carrier is stopped when its tests are over, not after a number of calls. */
const ENDLESS = 1_000_000;

const databaseUrl = await freshDatabaseUrl();
const carriers: Carrier[] = [];
let world: World;
let refusing: Carrier;

beforeAll(async () => {
  vi.stubEnv('DATABASE_URL', databaseUrl);
  world = await startWorld({
    say: () => undefined,
    env: { CARILLON_TALK: 'off' },
    log: pino({ level: 'silent' }),
  });
  refusing = await carrierOf(
    ringsThenAnswersByStatus(
      carrierAnswers.map(([sip]) => sip),
      `44${RINGING}`,
    ),
  );
});
afterAll(async () => {
  await Promise.all(carriers.map(async (carrier) => carrier.stop()));
  await world.stop();
});

async function carrierOf(scenario: string): Promise<Carrier> {
  const carrier = await startCarrier(scenario, ENDLESS);
  carriers.push(carrier);
  return carrier;
}

interface TrunkBody {
  readonly pausedBecause: string | null;
  readonly status: { readonly qualify: string };
}

const trunkNow = async (id: string): Promise<TrunkBody> => world.api.call('GET', `/trunks/${id}`);

const untilFault = async (id: string): Promise<TrunkBody> =>
  until(
    async () => trunkNow(id),
    ({ pausedBecause }) => pausedBecause !== null,
  );

/** Makes a trunk to a port, without credentials unless they are given. */
async function makeTrunk(trunkId: string, port: number, login = {}): Promise<void> {
  await world.api.call('POST', '/trunks', {
    id: trunkId,
    name: trunkId,
    host: '127.0.0.1',
    port,
    callerIds: ['+442079460000'],
    allowedPrefixes: ['+44'],
    channels: 100,
    callsPerSecond: 50,
    ...login,
  });
}

/** Makes a campaign on a trunk and starts it. */
async function startOn(
  trunkId: string,
  settings: { numbers: readonly string[] } & Partial<Parameters<typeof createCampaign>[1]>,
): Promise<TestCampaign> {
  const made = await createCampaign(world.api, {
    trunkId,
    retry: neverAgain,
    maxConcurrent: 100,
    ...settings,
  });
  await made.command('start');
  return made;
}

const ourFault = carrierAnswers.filter(([, , meaning]) => meaning === 'trunk_fault');
const notOurs = carrierAnswers.filter(([, , meaning]) => meaning !== 'trunk_fault');

describe.concurrent('a carrier', () => {
  test('is understood, whatever it refuses with, at once or after ringing', async () => {
    const expected = notOurs.flatMap(([sip, , atOnce, afterRinging]) => [
      [dramaNumberIn(AT_ONCE, `${sip}`), atOnce] as const,
      [dramaNumberIn(RINGING, `${sip}`), afterRinging] as const,
    ]);
    const numbers = expected.map(([number]) => number);
    await makeTrunk('refuses', refusing.port);
    const campaign = await startOn('refuses', { numbers });
    await campaign.untilState('completed');
    const leads = (await campaign.leads()).map(({ number, disposition }) => [number, disposition] as const);
    expect(new Map(leads)).toEqual(new Map(expected));
    expect(await trunkNow('refuses')).toMatchObject({ pausedBecause: null });
  });

  test.each(ourFault)('that refuses us with %i pauses its trunk, and nobody is penalised', async (sip) => {
    const trunkId = `refuses-${sip}`;
    await makeTrunk(trunkId, refusing.port);
    const numbers = [dramaNumberIn(AT_ONCE, `${sip}`)];
    const campaign = await startOn(trunkId, { numbers, retry: oursAgain });
    expect((await untilFault(trunkId)).pausedBecause).toContain(`SIP ${sip}`);
    expect(await campaign.untilState('paused')).toMatchObject({ pausedBecause: ['trunk'] });
    expect(await campaign.leads()).toMatchObject([
      { state: 'waiting', attempts: 0, outcomes: { trunk_fault: 1 } },
    ]);
  });

  test('that answers as we cancel is hung up on, and it was no answer (F13)', async () => {
    const late = await carrierOf(answersAfterCancel);
    await makeTrunk('late', late.port);
    const campaign = await startOn('late', { numbers: [dramaNumberIn(116, '000')] });
    const [call] = await campaign.untilCalls(([live]) => live?.state === 'ringing');
    await world.api.call('POST', `/calls/${call?.id}/hangup`);
    const [ended] = await campaign.untilCalls(([live]) => live?.state === 'ended');
    expect(ended).toMatchObject({ disposition: 'cancelled', answeredAt: null, talkSeconds: null });
    await vi.waitFor(async () => expect(await late.messages()).toMatch(/^BYE /m), 5000);
  });

  test('that takes a call and says nothing is a fault of the network, not of the callee', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    socket.on('message', (message, { port }) => {
      const text = message.toString('utf8');
      if (text.startsWith('OPTIONS ')) socket.send(accepts(text), port, '127.0.0.1');
    });
    await makeTrunk('silent', socket.address().port);
    const campaign = await startOn('silent', { numbers: [dramaNumberIn(117, '000')] });
    await campaign.untilState('completed');
    expect(await campaign.leads()).toMatchObject([{ disposition: 'network_error', attempts: 1 }]);
    socket.close();
  });
});

/** The 200 to a request. */
function accepts(request: string): string {
  const echoed = request
    .split('\r\n')
    .filter((line) => /^(Via|From|Call-ID|CSeq):/i.test(line))
    .concat(
      request
        .split('\r\n')
        .filter((line) => /^To:/i.test(line))
        .map((line) => `${line};tag=there`),
    );
  return ['SIP/2.0 200 OK', ...echoed, 'Content-Length: 0', '', ''].join('\r\n');
}

/** Which of these numbers the far end was rung at, once for each call. */
const recordsOf = async (numbers: readonly string[]): Promise<string[]> => {
  const records = await readFarEndRecords(world.farEnd.recordsFolder);
  return records.map(({ dialed }) => dialed).filter((number) => numbers.includes(number));
};

const farEndLogin = () => ({ username: world.farEnd.trunkUser, password: world.farEnd.trunkPassword });

describe.concurrent('a trunk', () => {
  test('with a wrong password holds its campaign, which goes on when it is put right', async () => {
    const numbers = [dramaNumberIn(118, '004'), dramaNumberIn(118, '086')];
    const login = { username: world.farEnd.trunkUser, password: 'wrong' };
    await makeTrunk('password', world.farEnd.sipPort, login);
    const campaign = await startOn('password', { numbers, retry: oursAgain });
    expect((await untilFault('password')).pausedBecause).toContain('SIP 401');
    expect(await campaign.untilState('paused')).toMatchObject({ pausedBecause: ['trunk'] });
    await campaign.untilCalls((calls) => calls.every(({ state }) => state === 'ended'));
    for (const lead of await campaign.leads()) expect(lead).toMatchObject({ state: 'waiting', attempts: 0 });
    expect(await recordsOf(numbers)).toEqual([]);

    await world.api.call('PATCH', '/trunks/password', { password: world.farEnd.trunkPassword });
    await campaign.untilState('completed');
    const leads = await campaign.leads();
    expect(leads.map(({ disposition, attempts }) => [disposition, attempts])).toEqual([
      ['hung_up_early', 1],
      ['busy', 1],
    ]);
    await until(
      async () => recordsOf(numbers),
      (records) => records.length === numbers.length,
      5000,
    );
  });

  test('that says of every number that it does not exist is at fault, not the numbers (F12)', async () => {
    const numbers = [141, 151, 161].flatMap((city) =>
      Array.from({ length: 10 }, (_, index) => dramaNumberIn(city, `${index}44`)),
    );
    await makeTrunk('unknown', world.farEnd.sipPort, farEndLogin());
    const campaign = await startOn('unknown', { numbers, retry: oursAgain });
    expect((await untilFault('unknown')).pausedBecause).toContain(`${UNKNOWN_RUN} numbers in a row`);
    expect(await campaign.untilState('paused')).toMatchObject({ pausedBecause: ['trunk'] });
    await campaign.untilCalls((calls) => calls.every(({ state }) => state === 'ended'));
    await until(
      async () => campaign.leads(),
      (leads) => leads.every(({ disposition }) => disposition !== 'invalid_number'),
    );
  });

  test('that takes no calls holds its campaign, and the list is not burned (F10)', async () => {
    const numbers = Array.from({ length: FAILED_RUN + 2 }, (_, index) =>
      dramaNumberIn(131, `${index % 10}5${3 - 3 * Math.floor(index / 10)}`),
    );
    await makeTrunk('down', world.farEnd.sipPort, farEndLogin());
    const campaign = await startOn('down', { numbers, maxConcurrent: 1 });
    await campaign.untilCalls((calls) => calls.length >= FAILED_RUN);
    expect(await campaign.untilState('paused')).toMatchObject({ pausedBecause: ['trunk'] });
    // The next one may be on its way when the last of the run fails.
    const rung = (await campaign.leads()).filter(({ attempts }) => attempts > 0);
    expect(rung.length).toBeLessThanOrEqual(FAILED_RUN + 1);
    expect(await trunkNow('down')).toMatchObject({ pausedBecause: null });
  });

  test('that answers nothing holds its campaign, and nothing is dialed', async () => {
    const numbers = [dramaNumberIn(121, '004'), dramaNumberIn(121, '086')];
    const { nobody } = await freePorts('nobody');
    await makeTrunk('dead', nobody);
    const campaign = await startOn('dead', { numbers });
    expect(await campaign.untilState('paused')).toMatchObject({ pausedBecause: ['trunk'] });
    expect(await trunkNow('dead')).toMatchObject({ pausedBecause: null, status: { qualify: 'unreachable' } });
    expect(await campaign.calls()).toEqual([]);
    for (const lead of await campaign.leads()) expect(lead).toMatchObject({ state: 'waiting', attempts: 0 });
  });
});
