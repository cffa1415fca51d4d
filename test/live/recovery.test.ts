/** The service and Asterisk are killed and cut off from each other; nothing is dialed twice and nothing is lost. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiClient, createClient } from '../../scripts/api-client.ts';
import { type AriRequester, openAri } from '../../src/asterisk/ari.ts';
import { type AriConnection, connectAri } from '../../src/asterisk/connection.ts';
import { createCall } from '../../src/asterisk/originate.ts';
import { hangUpChannel, listBridges, listChannels } from '../../src/asterisk/operations.ts';
import { openDatabase } from '../../src/db/database.ts';
import { type RunningAsterisk, startAsterisk } from '../../src/native/asterisk.ts';
import { type FarEndRecord, readFarEndRecords } from '../../src/native/far-end.ts';
import { type WorkingFolder, workingFolder } from '../../src/native/folder.ts';
import {
  type CallBody,
  type TestCampaign,
  createCampaign,
  dramaNumberIn,
  neverAgain,
  oursAgain,
  until,
} from '../support/campaign.ts';
import { freshDatabaseUrl } from '../support/database.ts';
import { ringUs } from '../support/caller.ts';
import { sendInvite } from '../support/invite.ts';
import { type Relay, startRelay } from '../support/relay.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';

const databaseUrl = await freshDatabaseUrl();
const db = openDatabase(databaseUrl, () => undefined);
const say = (): void => undefined;

let folder: WorkingFolder;
let own: RunningAsterisk;
let farEnd: RunningAsterisk;
let relay: Relay;
let service: ServiceProcess;
let key: string;
let api: ApiClient;
let ari: AriRequester;
let farEndAri: AriRequester;

beforeAll(async () => {
  folder = await workingFolder();
  [own, farEnd] = await Promise.all([
    startAsterisk({ role: 'carillon', folder: join(folder.path, 'own'), say }),
    startAsterisk({ role: 'far-end', folder: join(folder.path, 'far-end'), say }),
  ]);
  relay = await startRelay(Number(new URL(own.ariUrl).port));
  ari = openAri({ url: own.ariUrl, user: own.ariUser, password: own.ariPassword });
  farEndAri = openAri({ url: farEnd.ariUrl, user: farEnd.ariUser, password: farEnd.ariPassword });
  await startService();
  await api.call('POST', '/trunks', {
    id: 'far-end',
    name: 'Far end',
    host: '127.0.0.1',
    port: farEnd.sipPort,
    username: farEnd.trunkUser,
    password: farEnd.trunkPassword,
    callerIds: ['+442079460000'],
    allowedPrefixes: ['+44'],
    channels: 20,
    callsPerSecond: 10,
  });
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
  expect(await listChannels(ari)).toEqual([]);
  ari.close();
  farEndAri.close();
  await relay.close();
  await Promise.all([own.stop(), farEnd.stop()]);
  await db.destroy();
  await folder.remove();
});

async function startService(): Promise<void> {
  service = await startServiceProcess({
    DATABASE_URL: databaseUrl,
    CARILLON_DATA_DIR: join(folder.path, 'service'),
    CARILLON_ARI_URL: `http://127.0.0.1:${relay.port}/ari`,
    CARILLON_ARI_USER: own.ariUser,
    CARILLON_ARI_PASSWORD: own.ariPassword,
  });
  key ??= service.firstKey ?? '';
  api = createClient(service.url, key);
}

const readiness = async (): Promise<{ ready: boolean }> =>
  (await fetch(`${service.url}/readyz`)).json() as Promise<{ ready: boolean }>;

const campaignOf = async (numbers: readonly string[], retry = oursAgain): Promise<TestCampaign> =>
  createCampaign(api, { trunkId: 'far-end', retry, numbers });

/** Another application at our Asterisk. */
const connectOther = async (): Promise<AriConnection> =>
  connectAri({
    url: own.ariUrl,
    user: own.ariUser,
    password: own.ariPassword,
    app: 'other',
    onEvent: () => undefined,
    onConnected: () => undefined,
    onDisconnected: () => undefined,
    onError: (error) => expect.unreachable(String(error)),
  });

/** The dispositions of the attempts at a number, first to last. */
async function attemptsAt(number: string): Promise<(string | null)[]> {
  const rows = await db
    .selectFrom('attempts')
    .select('disposition')
    .where('number', '=', number)
    .orderBy('reservedAt')
    .execute();
  return rows.map(({ disposition }) => disposition);
}

async function stateOf(number: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('attempts')
    .select('state')
    .where('number', '=', number)
    .where('endedAt', 'is', null)
    .executeTakeFirst();
  return row?.state;
}

const untilStateOf = async (number: string, state: CallBody['state']): Promise<unknown> =>
  until(
    async () => stateOf(number),
    (now) => now === state,
  );

const recordsOf = async (number: string): Promise<FarEndRecord[]> => {
  const records = await readFarEndRecords(farEnd.recordsFolder);
  return records.filter(({ dialed }) => dialed === number).sort((a, b) => a.startedAt - b.startedAt);
};

const untilRecords = async (number: string, count: number): Promise<FarEndRecord[]> =>
  until(
    async () => recordsOf(number),
    (records) => records.length === count,
    20_000,
  );

/** Keeps attempts from being marked as dialing, as a slow database would; returns the way to end that. */
async function stallMarking(): Promise<() => Promise<void>> {
  await sql`
    create function stall() returns trigger language plpgsql as $$
      begin perform pg_sleep(60); return new; end $$
  `.execute(db);
  await sql`
    create trigger stall before update on attempts for each row
      when (old.state = 'reserved' and new.state = 'dialing') execute function stall()
  `.execute(db);
  return async () => {
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event = 'PgSleep'
    `.execute(db);
    await sql`drop function stall cascade`.execute(db);
  };
}

describe('the service is killed while one attempt is reserved, one rings and one is answered', () => {
  const [reserved, ringing, answered] = ['104', '504', '001'].map((digits) => dramaNumberIn(113, digits)) as [
    string,
    string,
    string,
  ];
  const theirs = randomUUID();
  let other: AriConnection;
  let campaign: TestCampaign;
  let goneMs: number;

  beforeAll(async () => {
    campaign = await campaignOf([ringing, answered]);
    await campaign.command('start');
    await Promise.all([untilStateOf(answered, 'answered'), untilStateOf(ringing, 'ringing')]);
    // The trunk is known to Asterisk by now.
    other = await connectOther();
    await createCall(other, {
      attemptId: theirs,
      trunkId: 'far-end',
      number: dramaNumberIn(113, '001'),
      callerId: '+442079460001',
      longestSeconds: 120,
    });
    const release = await stallMarking();
    await campaign.add(reserved);
    await untilStateOf(reserved, 'reserved');
    await service.kill();
    await release();
    expect([await stateOf(reserved), await stateOf(ringing), await stateOf(answered)]).toEqual([
      'reserved',
      'ringing',
      'answered',
    ]);
    // Asterisk lets both calls go on without us.
    expect((await listChannels(ari)).length).toBeGreaterThanOrEqual(2);

    const restartedAt = performance.now();
    await Promise.all([
      startService(),
      until(
        async () => [...(await listChannels(ari)), ...(await listBridges(ari))],
        (left) => left.every(({ id }) => id === theirs),
      ).then(() => (goneMs = performance.now() - restartedAt)),
    ]);
    campaign = { ...campaign, ...(await watch(campaign.id)) };
  });

  test('no channel is left five seconds after the restart (I6, F3)', () => {
    expect(goneMs).toBeLessThan(5000);
  });

  test('what another application does at the same PBX goes on', async () => {
    expect((await listChannels(ari)).map(({ id }) => id)).toContain(theirs);
    await hangUpChannel(ari, theirs);
    other.close();
  });

  test('each lead is rung again by its policy, and the campaign completes (I5)', async () => {
    await campaign.untilState('completed');
    expect(await attemptsAt(reserved)).toEqual(['not_placed', 'hung_up_early']);
    expect(await attemptsAt(ringing)).toEqual(['lost_app', 'hung_up_early']);
    expect(await attemptsAt(answered)).toEqual(['lost_app', 'answered']);
  });

  test.each([
    ['reserved', reserved, 1],
    ['ringing', ringing, 2],
    ['answered', answered, 2],
  ])('no attempt was dialed twice: %s (I1, I2, F1, F2)', async (_state, number, invites) => {
    const records = await untilRecords(number, invites);
    for (const [index, { startedAt }] of records.slice(1).entries()) {
      expect(startedAt).toBeGreaterThan(records[index]?.endedAt ?? Infinity);
    }
  });
});

/** The campaign, asked of the service that runs now. */
async function watch(id: string): Promise<Pick<TestCampaign, 'now' | 'untilState'>> {
  const now: TestCampaign['now'] = async () => api.call('GET', `/campaigns/${id}`);
  return { now, untilState: async (state) => until(now, (campaign) => campaign.state === state) };
}

test('Asterisk killed and started again loses its calls, gets its trunks, and the campaign goes on (F5)', async () => {
  const [ringing, answered] = ['504', '001'].map((digits) => dramaNumberIn(114, digits)) as [string, string];
  const campaign = await campaignOf([ringing, answered]);
  await campaign.command('start');
  await Promise.all([untilStateOf(answered, 'answered'), untilStateOf(ringing, 'ringing')]);
  await own.kill();
  // The carrier notices too: nobody answers its packets any more.
  for (const { id } of await listChannels(farEndAri)) await hangUpChannel(farEndAri, id);
  own = await startAsterisk({ role: 'carillon', folder: join(folder.path, 'own'), say, replaces: own });
  await campaign.untilState('completed');
  expect(await attemptsAt(ringing)).toEqual(['lost_pbx', 'hung_up_early']);
  expect(await attemptsAt(answered)).toEqual(['lost_pbx', 'answered']);
  await Promise.all([ringing, answered].map(async (number) => untilRecords(number, 2)));
});

describe('the event stream is cut', () => {
  const events = /^GET \/ari\/events/;

  test('an answer that was missed is made up for, and nothing is dialed meanwhile (F6, I15)', async () => {
    const [rings, waits] = ['501', '004'].map((digits) => dramaNumberIn(116, digits)) as [string, string];
    const campaign = await campaignOf([rings]);
    await campaign.command('start');
    await untilStateOf(rings, 'ringing');
    const restore = relay.bar(events);
    await until(readiness, ({ ready }) => !ready);
    await until(
      async () => listChannels(ari),
      (channels) => channels.some(({ id, state }) => state === 'Up' && !id.startsWith('media-')),
    );
    await campaign.add(waits);
    expect(await attemptsAt(waits)).toEqual([]);
    restore();
    await campaign.untilState('completed');
    expect(await attemptsAt(rings)).toEqual(['answered']);
    expect(await attemptsAt(waits)).toEqual(['hung_up_early']);
    await Promise.all([rings, waits].map(async (number) => untilRecords(number, 1)));
  });

  test('a call that ended meanwhile is ended, and one that should have been hung up is (I5, I6)', async () => {
    const [leaves, stays] = ['021', '020'].map((digits) => dramaNumberIn(117, digits)) as [string, string];
    const campaign = await campaignOf([leaves, stays], neverAgain);
    await campaign.command('start');
    await Promise.all([untilStateOf(leaves, 'ringing'), untilStateOf(stays, 'ringing')]);
    const restore = relay.bar(/^\w+ \/ari\//);
    const live = (await campaign.calls()).find(({ number }) => number === stays);
    await api.call('POST', `/calls/${live?.id}/hangup`);
    await untilRecords(leaves, 1);
    restore();
    const restoredAt = performance.now();
    const ended = await campaign.untilCalls((calls) => calls.every(({ state }) => state === 'ended'));
    expect(performance.now() - restoredAt).toBeLessThan(10_000);
    expect(new Map(ended.map(({ number, disposition }) => [number, disposition]))).toEqual(
      new Map([
        [leaves, 'lost_app'],
        [stays, 'cancelled'],
      ]),
    );
    await untilRecords(stays, 1);
    expect(await listChannels(ari)).toEqual([]);
  });
});

describe('a call that came in', () => {
  const number = dramaNumberIn(118, '001');
  interface InboundBody {
    readonly id: string;
    readonly state: string;
    readonly disposition: string | null;
  }
  const events = /^GET \/ari\/events/;

  const untilInbound = async (fits: (call: InboundBody) => boolean): Promise<InboundBody> => {
    const [call] = await until(
      async () => api.list<InboundBody>('/inbound-calls'),
      ([newest]) => newest !== undefined && fits(newest),
    );
    if (!call) throw new Error('there is no call');
    return call;
  };

  /** Somebody rings who listens and says nothing; resolves to their channel once they are answered. */
  async function ring(): Promise<string> {
    const { id } = await ringUs(farEndAri, {
      farEnd,
      sipPort: own.sipPort,
      dialed: number,
      doing: { extension: '05' },
    });
    await untilInbound(({ state }) => state === 'answered');
    return id;
  }

  beforeAll(async () => {
    const agent = await api.call<{ id: string }>('POST', '/agents', {
      name: 'Anna',
      greeting: 'You have reached Harbour Dental, and this is a long announcement. '.repeat(20),
    });
    await api.call('PATCH', '/trunks/far-end', { inbound: [{ number, agentId: agent.id }] });
  });

  test('goes on while the event stream is cut; another one is refused with 503 (F6)', async () => {
    const caller = await ring();
    const restore = relay.bar(events);
    await until(readiness, ({ ready }) => !ready);
    const barred = (await listChannels(ari)).map(({ id }) => id);
    const invite = await sendInvite(own.sipPort, { uri: number });
    expect(await invite.answer).toMatch(/^SIP\/2\.0 503 /);
    invite.close();
    restore();
    await until(readiness, ({ ready }) => ready);
    expect((await listChannels(ari)).map(({ id }) => id)).toEqual(barred);
    await hangUpChannel(farEndAri, caller);
    const { disposition } = await untilInbound(({ state }) => state === 'ended');
    // Within three seconds it would be early.
    expect(disposition).toMatch(/^(answered|hung_up_early)$/);
  });

  test('is ended when its caller has left while the event stream was cut (I5)', async () => {
    const caller = await ring();
    const restore = relay.bar(events);
    await until(readiness, ({ ready }) => !ready);
    await hangUpChannel(farEndAri, caller);
    restore();
    await untilInbound(({ state }) => state === 'ended');
    expect(await listChannels(ari)).toEqual([]);
  });

  test('is hung up after a crash, and has an end (I5, I6, F3)', async () => {
    await ring();
    await service.kill();
    expect((await listChannels(ari)).length).toBeGreaterThan(0);
    await startService();
    await until(
      async () => [
        ...(await listChannels(ari)),
        ...(await listBridges(ari)),
        ...(await listChannels(farEndAri)),
      ],
      (left) => left.length === 0,
    );
    expect(await untilInbound(({ state }) => state === 'ended')).toMatchObject({ disposition: 'lost_app' });
  });
});
