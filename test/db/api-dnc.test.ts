import { expect, test } from 'vitest';
import { lockNumber } from '../../src/db/dnc.ts';
import { testApi, walk } from '../support/api.ts';
import { seedAttempt, seedCampaign } from '../support/seed.ts';

const api = await testApi();
const number = '+4930123456';

test('an entry is made once, listed, and removed', async () => {
  const created = await api.send('POST', '/dnc', { number: '+4930100001', reason: 'asked by mail' });
  expect(created.statusCode).toBe(201);
  const entry = created.json();
  expect(entry).toMatchObject({ campaignId: null, source: 'operator', reason: 'asked by mail' });

  const again = await api.send('POST', '/dnc', { number: '+4930100001', reason: 'again' });
  expect([again.statusCode, again.json()]).toEqual([200, entry]);
  expect(await walk(api, `/dnc?number=${encodeURIComponent('+4930100001')}`)).toEqual([entry]);

  expect((await api.send('DELETE', `/dnc/${entry.id}`)).statusCode).toBe(204);
  expect((await api.send('DELETE', `/dnc/${entry.id}`)).statusCode).toBe(404);
});

test('the list is walked newest first', async () => {
  const numbers = ['+4930200001', '+4930200002', '+4930200003'];
  for (const one of numbers) await api.make('/dnc', { number: one });
  const seen = await walk<{ number: string }>(api, '/dnc');
  expect(seen.map((entry) => entry.number).slice(0, 3)).toEqual(numbers.toReversed());
});

test('an entry ends the live attempts at its number, in its campaign or in all (I4)', async () => {
  const campaignId = await seedCampaign(api.db);
  const attemptId = await seedAttempt(api.db, { campaignId, number, state: 'ringing' });
  await seedAttempt(api.db, { campaignId, number: '+4930123457', state: 'ringing' });
  const otherId = await seedCampaign(api.db);

  await api.make('/dnc', { number, campaignId: otherId });
  expect(api.engine.cancelled).toEqual([]);
  await api.make('/dnc', { number, campaignId });
  await api.make('/dnc', { number });
  expect(api.engine.cancelled).toEqual([
    { ids: [attemptId], because: 'dnc' },
    { ids: [attemptId], because: 'dnc' },
  ]);
});

test('an entry waits for a claim of its number that is under way, and then sees its attempt (I4)', async () => {
  const campaignId = await seedCampaign(api.db);
  const claimed = '+4930123499';
  api.engine.cancelled.length = 0;
  const claim = await api.db.startTransaction().execute();
  await lockNumber(claim, { number: claimed });
  const listing = api.send('POST', '/dnc', { number: claimed });
  const attemptId = await seedAttempt(claim, { campaignId, number: claimed, state: 'reserved' });
  await claim.commit().execute();
  expect((await listing).statusCode).toBe(201);
  expect(api.engine.cancelled).toEqual([{ ids: [attemptId], because: 'dnc' }]);
});

test.each(['callee', 'import'] as const)('what came from %s is not removed', async (source) => {
  const row = { number: '+4930300001', source, campaignId: null };
  await api.db.deleteFrom('dnc').where('number', '=', row.number).execute();
  const { id } = await api.db.insertInto('dnc').values(row).returning('id').executeTakeFirstOrThrow();
  expect((await api.send('DELETE', `/dnc/${id}`)).statusCode).toBe(409);
});

test('an entry of one campaign is not removed', async () => {
  const campaignId = await seedCampaign(api.db);
  const { id } = await api.make('/dnc', { number: '+4930300002', campaignId });
  expect((await api.send('DELETE', `/dnc/${id}`)).statusCode).toBe(409);
});

test.each([
  ['POST', '/dnc', { number: '030' }, 400],
  ['POST', '/dnc', { number, campaignId: '00000000-0000-4000-8000-000000000000' }, 422],
  ['POST', '/dnc', { number, source: 'callee' }, 400],
  ['DELETE', '/dnc/0', undefined, 400],
  ['DELETE', '/dnc/99999999999999999999', undefined, 400],
  ['DELETE', '/dnc/999999', undefined, 404],
] as const)('%s %s %j is refused with %i', async (method, path, body, status) => {
  expect((await api.send(method, path, body)).json()).toMatchObject({ status });
});
