import { expect, test } from 'vitest';
import { testApi, walk } from '../support/api.ts';

const api = await testApi();
const nobody = '/contacts/00000000-0000-4000-8000-000000000000';

test('a contact is created with defaults, read, changed and removed', async () => {
  const created = await api.send('POST', '/contacts', { numbers: ['+4930100001', '+4930100002'] });
  expect(created.statusCode).toBe(201);
  const contact = created.json();
  expect(contact).toMatchObject({ firstName: null, custom: {}, numbers: ['+4930100001', '+4930100002'] });

  const path = `/contacts/${contact.id}`;
  expect((await api.send('GET', path)).json()).toEqual(contact);
  const change = { firstName: 'Ada', custom: { plan: 'gold' }, numbers: ['+4930100002', '+4930100003'] };
  expect((await api.send('PATCH', path, change)).json()).toEqual({ ...contact, ...change });
  expect((await api.send('PATCH', path, { numbers: ['+4930100003'] })).json()).toMatchObject({
    firstName: 'Ada',
    numbers: ['+4930100003'],
  });

  expect((await api.send('DELETE', path)).statusCode).toBe(204);
  expect((await api.send('GET', path)).statusCode).toBe(404);
});

test('a number belongs to one contact, and a refused contact leaves nothing behind', async () => {
  const { id } = await api.make('/contacts', { numbers: ['+4930200001'] });
  const before = await walk(api, '/contacts', 200);
  const second = await api.send('POST', '/contacts', { numbers: ['+4930200002', '+4930200001'] });
  expect(second.statusCode).toBe(409);
  expect(second.json().errors).toEqual([
    { pointer: '/numbers', detail: '+4930200001 belongs to another contact.' },
  ]);
  expect(await walk(api, '/contacts', 200)).toEqual(before);

  await api.make('/contacts', { numbers: ['+4930200003'] });
  const stolen = await api.send('PATCH', `/contacts/${id}`, { firstName: 'B', numbers: ['+4930200003'] });
  expect(stolen.statusCode).toBe(409);
  expect((await api.send('GET', `/contacts/${id}`)).json()).toMatchObject({
    firstName: null,
    numbers: ['+4930200001'],
  });
});

test('the list is filtered, ordered and walked; contacts of one instant keep their places', async () => {
  const createdAt = new Date('2026-01-01T00:00:00Z');
  const people = ['Ada', 'Bob', 'Cem', 'Dora', 'Eve'].map((firstName) => ({
    firstName,
    company: 'Acme 100%_\\',
    timezone: firstName < 'C' ? 'Europe/Berlin' : null,
    createdAt,
  }));
  await api.db.insertInto('contacts').values(people).execute();
  const names = async (query: string) =>
    (await walk<{ firstName: string }>(api, `/contacts?${query}`)).map(({ firstName }) => firstName);

  const acme = `company=${encodeURIComponent('Acme 100%_\\')}`;
  const oldest = await names(`${acme}&order=oldest`);
  expect(oldest.toSorted()).toEqual(['Ada', 'Bob', 'Cem', 'Dora', 'Eve']);
  expect(await names(`${acme}&order=newest`)).toEqual(oldest.toReversed());
  expect((await names(`${acme}&timezone=Europe/Berlin`)).sort()).toEqual(['Ada', 'Bob']);
  expect(await names('search=dORA')).toEqual(['Dora']);
  expect(await names(`search=${encodeURIComponent('100%_\\')}`)).toHaveLength(5);
  expect(await names(`search=${encodeURIComponent('1%0')}`)).toEqual([]);
});

test('a contact is found by its number', async () => {
  const { id } = await api.make('/contacts', { numbers: ['+4930300001', '+4930300002'] });
  const found = await walk<{ id: string }>(api, `/contacts?number=${encodeURIComponent('+4930300002')}`);
  expect(found.map((contact) => contact.id)).toEqual([id]);
});

test('a cursor of one order is refused in another', async () => {
  const page = (await api.send('GET', '/contacts?limit=1&order=oldest')).json();
  const reply = await api.send('GET', `/contacts?limit=1&order=newest&cursor=${page.nextCursor}`);
  expect(reply.statusCode).toBe(400);
  expect(reply.json().errors).toEqual([expect.objectContaining({ pointer: '/cursor' })]);
});

test.each([
  ['GET', nobody, undefined, 404],
  ['PATCH', nobody, { firstName: 'x' }, 404],
  ['PATCH', nobody, { numbers: ['+4930999999'] }, 404],
  ['DELETE', nobody, undefined, 404],
  ['POST', '/contacts', {}, 400],
  ['POST', '/contacts', { numbers: [] }, 400],
  ['POST', '/contacts', { numbers: ['030 123'] }, 400],
  ['POST', '/contacts', { numbers: ['+49301234', '+49301234'] }, 400],
  ['POST', '/contacts', { numbers: ['+493012345&PJSIP/x'] }, 400],
  ['POST', '/contacts', { numbers: ['+493012345'], timezone: 'EST' }, 400],
  ['POST', '/contacts', { numbers: ['+493012345'], custom: { a: 1 } }, 400],
  ['GET', '/contacts?order=name', undefined, 400],
] as const)('%s %s %j is refused with %i', async (method, path, body, status) => {
  expect((await api.send(method, path, body)).json()).toMatchObject({ status });
});
