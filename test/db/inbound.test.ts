import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Disposition } from '../../src/call/disposition.ts';
import { claimAttempts } from '../../src/db/claim.ts';
import {
  type Arrival,
  claimInbound,
  findAnswering,
  finishInbound,
  insertInboundTurn,
  liveInbound,
  markInboundAnswered,
} from '../../src/db/inbound.ts';
import { testApi, walk } from '../support/api.ts';
import { dramaNumber, seedActiveCampaign, seedLease } from '../support/seed-dialing.ts';

const api = await testApi();
const { db } = api;
const pbx = 'pbx-1';
const trunkId = 'carrier';
const ours = dramaNumber(900);
const nobody = '00000000-0000-4000-8000-000000000000';

beforeEach(async () => {
  await sql`truncate agents, contacts, dnc, trunks, campaigns, leads, attempts, calls, leases cascade`.execute(
    db,
  );
  await seedLease(db, pbx);
});

const makeAgent = async (): Promise<string> =>
  (await api.make('/agents', { name: 'Anna', greeting: 'Hello.' })).id;

const makeTrunk = async (more: object = {}) =>
  api.send('POST', '/trunks', {
    id: trunkId,
    name: 'Carrier',
    host: '127.0.0.1',
    callerIds: ['+442079460000'],
    channels: 10,
    callsPerSecond: 10,
    ...more,
  });

const arrivalOf = (agentId: string, more: Partial<Arrival> = {}): Arrival => ({
  id: randomUUID(),
  trunkId,
  pbx,
  number: ours,
  caller: dramaNumber(1),
  agentId,
  talks: true,
  ...more,
});

const finish = async (id: string, disposition: Disposition = 'answered'): Promise<void> =>
  finishInbound(db, { id, disposition, trail: null, recording: null });

const claim = async (campaignId: string, talkSlots: number) =>
  (await claimAttempts(db, { campaignId, pbx, epoch: 1, limit: 10, horizonMs: 60_000, talkSlots })).reserved;

describe('who answers a number of a trunk', () => {
  test('is kept until it is changed', async () => {
    const [first, second] = [await makeAgent(), await makeAgent()];
    const inbound = [
      { number: dramaNumber(901), agentId: first },
      { number: dramaNumber(902), agentId: second },
    ];
    expect((await makeTrunk({ inbound })).json()).toMatchObject({ inbound });
    expect((await api.send('PATCH', `/trunks/${trunkId}`, { channels: 5 })).json()).toMatchObject({
      inbound,
    });
    const swapped = [{ number: dramaNumber(901), agentId: second }];
    await api.send('PATCH', `/trunks/${trunkId}`, { inbound: swapped });
    expect((await api.send('GET', `/trunks/${trunkId}`)).json()).toMatchObject({ inbound: swapped });
    expect((await api.send('DELETE', `/agents/${second}`)).statusCode).toBe(409);
    expect((await api.send('DELETE', `/agents/${first}`)).statusCode).toBe(204);
    expect((await api.send('DELETE', `/trunks/${trunkId}`)).statusCode).toBe(204);
  });

  test('is one agent, who is there', async () => {
    const agentId = await makeAgent();
    const unknown = [{ number: ours, agentId: nobody }];
    expect((await makeTrunk({ inbound: unknown })).statusCode).toBe(422);
    expect((await api.send('GET', `/trunks/${trunkId}`)).statusCode).toBe(404);
    await makeTrunk();
    const change = async (inbound: object) => api.send('PATCH', `/trunks/${trunkId}`, { inbound });
    expect((await change(unknown)).json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '/inbound' }],
    });
    expect((await change([1, 2].map(() => ({ number: ours, agentId })))).statusCode).toBe(400);
    expect((await change([{ number: '0113', agentId }])).statusCode).toBe(400);
  });
});

test('the numbers of a trunk are found first, then those of others at the same host', async () => {
  const agentId = await makeAgent();
  await makeTrunk({ inbound: [{ number: ours, agentId }] });
  await makeTrunk({
    id: 'account-2',
    inbound: [ours, dramaNumber(901)].map((number) => ({ number, agentId })),
  });
  await makeTrunk({ id: 'elsewhere', host: '127.0.0.2', inbound: [{ number: dramaNumber(902), agentId }] });
  const found = await findAnswering(db, { trunkId });
  expect(found[0]).toMatchObject({ trunkId, number: ours });
  expect(found.map((each) => each.trunkId)).toEqual([trunkId, 'account-2', 'account-2']);
});

describe('I11: calls that come in and calls that go out share the conversations of a PBX', () => {
  test('none comes in while all are taken; who only greets takes none', async () => {
    const { id } = await seedActiveCampaign(db, { numbers: [dramaNumber(1)], talks: true, trunkId });
    const agentId = await makeAgent();
    expect(await claim(id, 1)).toHaveLength(1);
    const refused = arrivalOf(agentId);
    expect(await claimInbound(db, { arrival: refused, talkSlots: 1 })).toBe(false);
    expect((await api.send('GET', `/inbound-calls/${refused.id}`)).json()).toMatchObject({
      state: 'ended',
      disposition: 'busy',
    });
    expect(await claimInbound(db, { arrival: arrivalOf(agentId), talkSlots: 2 })).toBe(true);
    const brief = arrivalOf(agentId, { talks: false });
    expect(await claimInbound(db, { arrival: brief, talkSlots: 1 })).toBe(true);
  });

  test('none goes out while all are taken, and one does when one has ended', async () => {
    const { id } = await seedActiveCampaign(db, { numbers: [dramaNumber(2)], talks: true, trunkId });
    const arrival = arrivalOf(await makeAgent());
    await claimInbound(db, { arrival, talkSlots: 1 });
    expect(await claim(id, 1)).toEqual([]);
    await finish(arrival.id);
    expect(await claim(id, 1)).toHaveLength(1);
  });

  test('also when they come and go at the same time', async () => {
    const campaigns = await Promise.all(
      Array.from({ length: 6 }, async (_, index) =>
        seedActiveCampaign(db, { numbers: [dramaNumber(index)], talks: true, trunkId: `carrier-${index}` }),
      ),
    );
    await makeTrunk();
    const agentId = await makeAgent();
    const taken = await Promise.all([
      ...campaigns.map(async ({ id }) => (await claim(id, 3)).length),
      ...campaigns.map(async () =>
        Number(await claimInbound(db, { arrival: arrivalOf(agentId), talkSlots: 3 })),
      ),
    ]);
    expect(taken.reduce((sum, each) => sum + each)).toBe(3);
  });
});

test('I7, I8: a call that comes in takes a channel of its trunk, and is no attempt at its caller', async () => {
  const numbers = [dramaNumber(1)];
  const { id } = await seedActiveCampaign(db, { numbers, trunkId, trunk: { channels: 1 } });
  const arrival = arrivalOf(await makeAgent(), { talks: false });
  await claimInbound(db, { arrival, talkSlots: 1 });
  expect(await claim(id, 1)).toEqual([]);
  await finish(arrival.id);
  expect(await claim(id, 1)).toMatchObject([{ number: arrival.caller }]);
});

test('a call is shown with its agent, its states, what was said, and its recording; it ends once (I5, I15)', async () => {
  const agentId = await makeAgent();
  await makeTrunk();
  const [older, newer] = [arrivalOf(agentId), arrivalOf(agentId, { caller: null })];
  for (const arrival of [older, newer]) await claimInbound(db, { arrival, talkSlots: 2 });
  const path = `/inbound-calls/${older.id}`;
  const { number, caller } = older;
  expect((await api.send('GET', path)).json()).toMatchObject({ number, caller, agentId, state: 'ringing' });

  const turn = { untilMs: 2000, interrupted: false, latency: null, passages: [] };
  const said = [
    { ...turn, speaker: 'callee', atMs: 1000, text: 'Hi.' },
    { ...turn, speaker: 'agent', atMs: 100, text: 'Hello.' },
  ] as const;
  const at = new Date();
  await markInboundAnswered(db, { id: older.id, at });
  for (const each of said) await insertInboundTurn(db, { id: older.id, turn: each });
  expect((await api.send('GET', path)).json()).toMatchObject({
    state: 'answered',
    turns: said.toReversed(),
    hasRecording: false,
  });
  expect((await api.send('GET', `${path}/recording`)).statusCode).toBe(404);

  const file = join('2026-11-28', `${older.id}.wav`);
  await mkdir(join(api.recordings, '2026-11-28'));
  await writeFile(join(api.recordings, file), 'a recording');
  const recording = { file, sha256: Buffer.alloc(32, 1), durationMs: 5000 };
  const trail = { dialedAt: at, answeredAt: at };
  await finishInbound(db, { id: older.id, disposition: 'answered', trail, recording });
  await finish(older.id, 'lost_app');
  expect((await api.send('GET', path)).json()).toMatchObject({
    state: 'ended',
    disposition: 'answered',
    recordingMs: 5000,
    recordingSha256: '01'.repeat(32),
  });
  expect((await api.send('GET', `${path}/recording`)).body).toBe('a recording');
  expect(await liveInbound(db, { pbx })).toMatchObject([{ id: newer.id }]);
  const listed = await walk<{ id: string }>(api, '/inbound-calls', 1);
  expect(listed.map(({ id }) => id)).toEqual([newer.id, older.id]);

  expect((await api.send('DELETE', `/trunks/${trunkId}`)).statusCode).toBe(409);
  expect((await api.send('DELETE', `/agents/${agentId}`)).statusCode).toBe(204);
  expect((await api.send('GET', path)).json()).toMatchObject({ agentId: null });
});

test.each([
  [`/inbound-calls/${nobody}`, 404],
  [`/inbound-calls/${nobody}/recording`, 404],
  ['/inbound-calls/7', 400],
])('%s is refused with %i', async (path, status) => {
  expect((await api.send('GET', path)).json()).toMatchObject({ status });
});
