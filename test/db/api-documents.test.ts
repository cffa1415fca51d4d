import { expect, test } from 'vitest';
import { findPassages } from '../../src/db/documents.ts';
import { testApi, walk } from '../support/api.ts';

const api = await testApi();
const nobody = '00000000-0000-4000-8000-000000000000';

async function makeAgent(language = 'en'): Promise<{ id: string; documents: string }> {
  const { id } = await api.make('/agents', { name: 'Ada', greeting: 'Hello', language });
  return { id, documents: `/agents/${id}/documents` };
}

/** Sends a form with a file. */
async function upload(path: string, file: File, name?: string) {
  const form = new FormData();
  if (name !== undefined) form.append('name', name);
  form.append('file', file);
  const body = new Response(form);
  return api.server.inject({
    method: 'POST',
    url: `/api/v1${path}`,
    headers: { authorization: `Bearer ${api.key}`, 'content-type': body.headers.get('content-type') ?? '' },
    payload: Buffer.from(await body.arrayBuffer()),
  });
}

test('a document is added, read, listed, replaced and removed', async () => {
  const { documents } = await makeAgent();
  const added = await api.send('POST', documents, {
    name: 'prices',
    text: '# Prices\nA visit is 40 pounds.',
  });
  expect(added.statusCode).toBe(201);
  const { id, ...document } = added.json();
  expect(document).toMatchObject({ name: 'prices', passages: 1, text: '# Prices\nA visit is 40 pounds.' });
  await api.make(documents, { name: 'hours', text: 'We open at nine.' });
  const listed = await walk<{ name: string }>(api, documents, 1);
  expect(listed).toMatchObject([
    { name: 'hours', passages: 1 },
    { name: 'prices', passages: 1 },
  ]);
  expect(listed[0]).not.toHaveProperty('text');

  const path = `${documents}/${id}`;
  const changed = await api.send('PUT', path, { name: 'fees', text: '# A\nOne.\n# B\nTwo.' });
  expect(changed.json()).toMatchObject({ id, name: 'fees', passages: 2 });
  expect((await api.send('GET', path)).json()).toEqual(changed.json());
  expect((await api.send('PUT', path, { name: 'hours', text: 'One.' })).statusCode).toBe(409);
  expect((await api.send('DELETE', path)).statusCode).toBe(204);
  expect((await api.send('GET', path)).statusCode).toBe(404);
  expect(await api.db.selectFrom('passages').select('id').where('documentId', '=', id).execute()).toEqual([]);
});

test('a file is taken by its own name or the one that is given', async () => {
  const { documents } = await makeAgent();
  const file = new File(['# Öffnungszeiten\nAb neun.'], 'zeiten.md');
  expect((await upload(documents, file)).json()).toMatchObject({ name: 'zeiten.md', passages: 1 });
  expect((await upload(documents, file, 'Zeiten')).json()).toMatchObject({ name: 'Zeiten' });
});

test.each([
  ['another kind of file', new File(['x'], 'a.pdf'), 415],
  ['bytes that are no UTF-8', new File([Uint8Array.of(0x66, 0xfc, 0x72)], 'a.txt'), 422],
  ['a file without a word', new File(['1 2 3'], 'a.txt'), 400],
  ['a file of more letters than fit', new File(['x'.repeat(200_001)], 'a.txt'), 400],
  ['a file of more bytes than fit', new File(['x'.repeat(800_001)], 'a.txt'), 413],
])('%s is refused', async (_what, file, status) => {
  const { documents } = await makeAgent();
  const reply = await upload(documents, file);
  expect(reply.headers['content-type']).toContain('application/problem+json');
  expect(reply.json()).toMatchObject({ status });
});

test.each([
  ['POST', `/agents/${nobody}/documents`, { name: 'x', text: 'y' }, 404],
  ['GET', `/agents/${nobody}/documents`, undefined, 404],
  ['GET', `/agents/${nobody}/documents/${nobody}`, undefined, 404],
  ['PUT', `/agents/${nobody}/documents/${nobody}`, { name: 'x', text: 'y' }, 404],
  ['DELETE', `/agents/${nobody}/documents/${nobody}`, undefined, 404],
  ['POST', `/agents/${nobody}/documents`, { name: 'x' }, 400],
  ['POST', `/agents/${nobody}/documents`, { name: 'x', text: 'a\0b' }, 400],
  ['POST', `/agents/${nobody}/documents`, undefined, 400],
] as const)('%s %s %j is refused with %i', async (method, path, body, status) => {
  expect((await api.send(method, path, body)).json()).toMatchObject({ status });
});

test('an agent has no more than so many documents, and none twice by name', async () => {
  const { documents } = await makeAgent();
  for (let n = 0; n < 100; n += 1) await api.make(documents, { name: `d${n}`, text: 'One.' });
  expect((await api.send('POST', documents, { name: 'one too many', text: 'One.' })).json()).toMatchObject({
    status: 409,
    detail: 'An agent has at most 100 documents.',
  });
  const other = await makeAgent();
  await api.make(other.documents, { name: 'd0', text: 'One.' });
  expect((await api.send('POST', other.documents, { name: 'd0', text: 'Two.' })).statusCode).toBe(409);
});

const knowledge = {
  en: `# Harbour Dental
## Parking
Park behind the house; it is free for patients.
## Payment
We accept cash and credit cards. Invoices are paid within two weeks.
## Opening hours
We open from nine to five, and until noon on Saturdays.
## Whitening
Whitening a tooth costs 40 pounds, and a whole set of teeth 200 pounds.`,
  de: `# Praxis am Hafen
## Parken
Hinter dem Haus gibt es Parkplätze; Patienten parken kostenlos.
## Bezahlung
Wir nehmen Bargeld und Kreditkarten. Rechnungen sind in zwei Wochen zu zahlen.
## Öffnungszeiten
Geöffnet ist von neun bis siebzehn Uhr, am Samstag bis mittags.`,
} as const;

test.each([
  ['en', 'Where can I park my car?', ['Parking']],
  ['en', 'Do you take credit cards?', ['Payment']],
  ['en', 'When are you opening on a Saturday?', ['Opening hours']],
  ['en', 'How much does it cost to have my teeth whitened?', ['Whitening']],
  ['en', 'Is the parking free, and can I pay by card?', ['Parking', 'Payment']],
  ['en', 'Yes, that suits me.', []],
  ['en', 'Who are you?', []],
  ['en', 'My dog has eaten the flowers of a neighbour, and now she wants me to pay', []],
  ['en', "'; drop table passages; -- & | ! <-> :* (", []],
  ['en', '', []],
  ['de', 'Wo kann ich parken?', ['Parken']],
  ['de', 'Kann ich die Rechnung mit der Kreditkarte zahlen?', ['Bezahlung']],
  ['de', 'Haben Sie samstags geöffnet?', ['Öffnungszeiten']],
  ['de', 'Ja, das passt mir gut.', []],
] as const)('%s: %j is answered from %j', async (language, said, headings) => {
  const { id, documents } = await makeAgent(language);
  await api.make(documents, { name: 'practice.md', text: knowledge[language] });
  const found = await findPassages(api.db, { agentId: id, language, said });
  expect(new Set(found.map(({ heading }) => heading.split(' › ')[1]))).toEqual(new Set(headings));
});

test('an agent knows its own documents only', async () => {
  const [knows, other] = [await makeAgent(), await makeAgent()];
  await api.make(knows.documents, { name: 'practice.md', text: knowledge.en });
  expect(await findPassages(api.db, { agentId: other.id, language: 'en', said: 'parking' })).toEqual([]);
});

test('an agent that changes its language has its documents read in the new one', async () => {
  const { id, documents } = await makeAgent('en');
  await api.make(documents, { name: 'praxis.md', text: knowledge.de });
  const ask = async (language: string) => findPassages(api.db, { agentId: id, language, said: 'parke' });
  await api.send('PATCH', `/agents/${id}`, { language: 'de-AT' });
  expect(await ask('de-AT')).toMatchObject([{ document: 'praxis.md', heading: 'Praxis am Hafen › Parken' }]);
  await api.send('PATCH', `/agents/${id}`, { language: 'pl' });
  expect(await ask('pl')).toEqual([]);
});
