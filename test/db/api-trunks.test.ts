import { expect, test } from 'vitest';
import { unseal } from '../../src/engine/secret.ts';
import { testApi, walk } from '../support/api.ts';
import { seedAttempt, seedCampaign } from '../support/seed.ts';

const api = await testApi();
const trunk = {
  id: 'carrier-1',
  name: 'Carrier one',
  host: 'sip.example.org',
  username: 'carillon',
  password: 's3cret',
  callerIds: ['+4930000001', '+4930000002'],
  allowedPrefixes: ['+49'],
  channels: 30,
  callsPerSecond: 5,
  costPerMinute: '0.0125',
};

async function storedPassword(id: string): Promise<string | null> {
  const row = await api.db
    .selectFrom('trunks')
    .select('password')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return row.password && unseal(api.secretKey, id, row.password);
}

test('a trunk is created, read, changed and removed; its password goes in and never comes out', async () => {
  api.engine.trunkStatus = { qualify: 'reachable', registration: 'registered' };
  const created = await api.send('POST', '/trunks', trunk);
  expect(created.statusCode).toBe(201);
  const { password, ...shown } = trunk;
  expect(created.json()).toEqual({
    ...shown,
    port: 5060,
    transport: 'udp',
    hasPassword: true,
    registers: false,
    costPerMinute: '0.012500',
    billingMinimumSeconds: 1,
    billingIncrementSeconds: 1,
    answerThresholds: null,
    inbound: [],
    pausedBecause: null,
    status: { qualify: 'reachable', registration: 'registered' },
    createdAt: expect.stringMatching(/Z$/),
  });
  expect(created.body).not.toContain(password);
  expect(await storedPassword('carrier-1')).toBe(password);

  const path = '/trunks/carrier-1';
  expect((await api.send('GET', path)).json()).toEqual(created.json());
  expect((await api.send('PATCH', path, { channels: 10 })).json()).toMatchObject({
    channels: 10,
    hasPassword: true,
  });
  expect(await storedPassword('carrier-1')).toBe(password);
  await api.send('PATCH', path, { password: 'other' });
  expect(await storedPassword('carrier-1')).toBe('other');
  expect((await api.send('PATCH', path, { password: null })).json()).toMatchObject({ hasPassword: false });
  expect(await storedPassword('carrier-1')).toBeNull();
  expect(api.engine.pushed).toEqual(Array.from({ length: 4 }, () => 'carrier-1'));

  expect((await api.send('DELETE', path)).statusCode).toBe(204);
  expect(api.engine.removed).toEqual(['carrier-1']);
  expect((await api.send('GET', path)).statusCode).toBe(404);
});

test('the thresholds of a trunk are kept until they are changed, and must leave room between them', async () => {
  const path = '/trunks/thresholds';
  const change = async (body: object) => (await api.send('PATCH', path, body)).json();
  await api.make('/trunks', { ...trunk, id: 'thresholds' });
  const answerThresholds = { human: 0.6, machine: 0.01 };
  expect(await change({ answerThresholds })).toMatchObject({ answerThresholds, channels: 30 });
  expect(await change({ channels: 20 })).toMatchObject({ answerThresholds, channels: 20 });
  expect(await change({ answerThresholds: { human: 0.1, machine: 0.2 } })).toMatchObject({ status: 400 });
  expect(await change({ answerThresholds: null })).toMatchObject({ answerThresholds: null });
  await api.send('DELETE', path);
});

test('a change lifts the pause that a fault laid on a trunk', async () => {
  await api.make('/trunks', { ...trunk, id: 'faulty' });
  await api.db
    .updateTable('trunks')
    .set({ pausedBecause: '403 from the carrier' })
    .where('id', '=', 'faulty')
    .execute();
  expect((await api.send('GET', '/trunks/faulty')).json().pausedBecause).toBe('403 from the carrier');
  expect((await api.send('PATCH', '/trunks/faulty', { password: 'right' })).json().pausedBecause).toBeNull();
});

test('a trunk that was dialed through, and a caller ID that a campaign uses, stay', async () => {
  const campaignId = await seedCampaign(api.db);
  await seedAttempt(api.db, { campaignId, number: '+4930100001', disposition: 'busy' });
  await api.db.updateTable('campaigns').set({ trunkId: null }).where('id', '=', campaignId).execute();
  expect((await api.send('DELETE', '/trunks/seeded')).statusCode).toBe(409);

  await api.make('/trunks', { ...trunk, id: 'used' });
  await api.make('/campaigns', { name: 'c', trunkId: 'used', callerId: '+4930000002' });
  const callerIds = ['+4930000001'];
  expect((await api.send('PATCH', '/trunks/used', { callerIds })).statusCode).toBe(409);
  expect((await api.send('PATCH', '/trunks/used', { callerIds: ['+4930000002'] })).statusCode).toBe(200);
});

test('the list is walked by id', async () => {
  for (const id of ['z1', 'z3', 'z2']) await api.make('/trunks', { ...trunk, id });
  const ids = (await walk<{ id: string }>(api, '/trunks')).map(({ id }) => id);
  expect(ids).toEqual(ids.toSorted());
  expect(ids).toEqual(expect.arrayContaining(['z1', 'z2', 'z3']));
});

test.each([
  ['POST', '/trunks', { ...trunk, id: 'z1' }, 409],
  ['POST', '/trunks', { ...trunk, id: 'Carrier 1' }, 400],
  ['POST', '/trunks', { ...trunk, id: 'a;b' }, 400],
  ['POST', '/trunks', { ...trunk, id: 'n1', host: 'sip:example.org' }, 400],
  ['POST', '/trunks', { ...trunk, id: 'n1', host: 'example.org:5060' }, 400],
  ['POST', '/trunks', { ...trunk, id: 'n1', host: '300.1.1.1' }, 400],
  ['POST', '/trunks', { ...trunk, id: 'n1', username: 'a b' }, 400],
  ['POST', '/trunks', { ...trunk, id: 'n1', username: 'a\nendpoint' }, 400],
  ['POST', '/trunks', { ...trunk, id: 'n1', password: 'two words' }, 400],
  ['POST', '/trunks', { ...trunk, id: 'n1', callerIds: [] }, 400],
  ['POST', '/trunks', { ...trunk, id: 'n1', allowedPrefixes: ['49'] }, 400],
  ['POST', '/trunks', { ...trunk, id: 'n1', costPerMinute: 0.01 }, 400],
  ['POST', '/trunks', { ...trunk, id: 'n1', costPerMinute: '-1' }, 400],
  ['POST', '/trunks', { ...trunk, id: 'n1', channels: 0 }, 400],
  ['POST', '/trunks', { ...trunk, id: 'n1', registers: true, password: null }, 422],
  ['POST', '/trunks', { ...trunk, id: 'n1', registers: true, username: null }, 422],
  ['PATCH', '/trunks/z1', { registers: true, password: null }, 422],
  ['PATCH', '/trunks/z1', { registers: true, username: null }, 422],
  ['PATCH', '/trunks/z1', { id: 'z9' }, 400],
  ['PATCH', '/trunks/nobody', { channels: 1 }, 404],
  ['GET', '/trunks/nobody', undefined, 404],
  ['DELETE', '/trunks/nobody', undefined, 404],
] as const)('%s %s %j is refused with %i', async (method, path, body, status) => {
  expect((await api.send(method, path, body)).json()).toMatchObject({ status });
});

test.each(['sip.example.org', 'localhost', '192.0.2.1', '2001:db8::1'])('%s may be a host', async (host) => {
  const { statusCode } = await api.send('POST', '/trunks', {
    ...trunk,
    id: `host-${host.replaceAll(/\W/g, '-')}`,
    host,
  });
  expect(statusCode).toBe(201);
});
