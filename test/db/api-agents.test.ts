import { expect, test } from 'vitest';
import { testApi, walk } from '../support/api.ts';

const api = await testApi();
const nobody = '/agents/00000000-0000-4000-8000-000000000000';

test('an agent is created with defaults, read, changed and removed', async () => {
  const created = await api.send('POST', '/agents', { name: 'Ada', greeting: 'Hello {{first_name}}!' });
  expect(created.statusCode).toBe(201);
  const agent = created.json();
  expect(agent).toMatchObject({
    persona: '',
    voice: 'en_US-joe-medium',
    speakingRate: 1,
    maxCallSeconds: 300,
    talks: true,
    recordingNotice: 'This call is recorded.',
    noInputSeconds: 7,
    tools: ['end_call', 'schedule_callback'],
    transferTargets: [],
  });

  const path = `/agents/${agent.id}`;
  expect((await api.send('GET', path)).json()).toEqual(agent);
  const changed = await api.send('PATCH', path, { maxCallSeconds: 60 });
  expect(changed.json()).toEqual({ ...agent, maxCallSeconds: 60 });
  const silent = { talks: false, noInputSeconds: 5, tools: [] };
  expect((await api.send('PATCH', path, silent)).json()).toEqual({ ...agent, maxCallSeconds: 60, ...silent });

  expect((await api.send('DELETE', path)).statusCode).toBe(204);
  expect((await api.send('GET', path)).statusCode).toBe(404);
});

test('the list is walked newest first, page by page', async () => {
  const names = ['one', 'two', 'three', 'four', 'five'];
  for (const name of names) await api.make('/agents', { name, greeting: 'Hello' });
  const seen = await walk<{ name: string }>(api, '/agents');
  expect(seen.map(({ name }) => name)).toEqual(names.toReversed());
});

test('an agent of a campaign stays', async () => {
  const { id } = await api.make('/agents', { name: 'Ada', greeting: 'Hello' });
  await api.make('/campaigns', { name: 'c', agentId: id });
  expect((await api.send('DELETE', `/agents/${id}`)).statusCode).toBe(409);
});

test('a voice that is not there is refused with those that are', async () => {
  const reply = await api.send('POST', '/agents', { name: 'Ada', greeting: 'Hi', voice: 'nobody' });
  expect(reply.json().errors).toEqual([
    { pointer: '/voice', detail: 'There is no such voice; there are en_US-joe-medium, de_DE-eva.' },
  ]);
  const made = await api.send('POST', '/agents', { name: 'Ada', greeting: 'Hi', voice: 'de_DE-eva' });
  expect(made.json()).toMatchObject({ voice: 'de_DE-eva' });
});

test.each([
  [{ language: 'en-GB' }, 'This call is recorded.'],
  [{ language: 'de-AT' }, 'Dieser Anruf wird aufgezeichnet.'],
  [{ language: 'es' }, 'Esta llamada se está grabando.'],
  [{ language: 'fr' }, 'Cet appel est enregistré.'],
  [{ language: 'nl' }, 'This call is recorded.'],
  [{ language: 'de', recordingNotice: 'Wir nehmen auf.' }, 'Wir nehmen auf.'],
  [{ language: 'de', recordingNotice: '' }, ''],
])('an agent with %j says %j of its recordings', async (fields, recordingNotice) => {
  const agent = await api.make('/agents', { name: 'Ada', greeting: 'Hello', ...fields });
  expect(agent).toMatchObject({ recordingNotice });
  const changed = await api.send('PATCH', `/agents/${agent.id}`, { recordingNotice: '' });
  expect(changed.json()).toMatchObject({ recordingNotice: '' });
});

test.each([
  ['GET', nobody, undefined, 404],
  ['PATCH', nobody, { name: 'x' }, 404],
  ['DELETE', nobody, undefined, 404],
  ['GET', '/agents/7', undefined, 400],
  ['GET', '/agents?cursor=abc', undefined, 400],
  ['GET', '/agents?limit=0', undefined, 400],
  ['GET', '/agents?sort=name', undefined, 400],
  ['POST', '/agents', { name: 'x' }, 400],
  ['POST', '/agents', { name: 'x', greeting: 'Hi', tools: ['originate'] }, 400],
  [
    'POST',
    '/agents',
    { name: 'x', greeting: 'Hi', transferTargets: [{ id: 'a', label: 'A', number: '0190' }] },
    400,
  ],
  ['POST', '/agents', { name: 'x', greeting: 'Hi', model: 'y' }, 400],
  ['POST', '/agents', { name: 'x', greeting: 'Hi', voice: 'nobody' }, 400],
  ['PATCH', nobody, { voice: 'nobody' }, 400],
  ['POST', '/agents', { name: 'line\nbreak', greeting: 'Hi' }, 400],
  ['PATCH', nobody, {}, 400],
] as const)('%s %s %j is refused with %i', async (method, path, body, status) => {
  const reply = await api.send(method, path, body);
  expect(reply.headers['content-type']).toContain('application/problem+json');
  expect(reply.json()).toMatchObject({ status });
});
