import type { LightMyRequestResponse } from 'fastify';
import { expect, test } from 'vitest';
import { testApi, walk } from '../support/api.ts';
import { seedCampaign } from '../support/seed.ts';

const api = await testApi();
const nobody = '00000000-0000-4000-8000-000000000000';

/** A part of a form: a field's text, or a file. */
type Part = readonly [name: string, content: string] | readonly [name: string, content: string, file: string];

/** Sends a multipart form with these parts in this order. */
async function upload(...parts: Part[]): Promise<LightMyRequestResponse> {
  const boundary = 'carillon-test';
  const body = parts.map(([name, content, file]) => {
    const fileName = file === undefined ? '' : `; filename="${file}"\r\ncontent-type: text/csv`;
    return `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${fileName}\r\n\r\n${content}\r\n`;
  });
  return api.server.inject({
    method: 'POST',
    url: '/api/v1/contacts/import',
    headers: {
      authorization: `Bearer ${api.key}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
    },
    payload: `${body.join('')}--${boundary}--\r\n`,
  });
}

const countImports = async (): Promise<number> =>
  (await api.db.selectFrom('imports').select('id').execute()).length;

test('a list is looked at, committed into a campaign, and its refused rows are handed back', async () => {
  await api.make('/dnc', { number: '+4930100003' });
  const list = [
    'Vorname;Mobile;Plan',
    'Ada;030 100001;gold',
    'Bob;+49 (30) 100002;silver',
    'Bob again;+4930100002;silver',
    'Cem;030100003;',
    '=cmd();not a number;x',
  ].join('\r\n');
  const reply = await upload(['defaultCountry', 'DE'], ['file', list, 'people.csv']);
  expect(reply.statusCode).toBe(201);
  const preview = reply.json();
  expect(preview).toMatchObject({
    fileName: 'people.csv',
    state: 'staged',
    defaultCountry: 'DE',
    counts: { accepted: 2, duplicate: 1, invalid: 1, dnc: 1, named: 2 },
    columns: [
      { name: 'Vorname', target: 'firstName' },
      { name: 'Mobile', target: 'phone' },
      { name: 'Plan', target: 'custom' },
    ],
    samples: {
      accepted: [
        { rowNumber: 2, number: '+4930100001', contact: { firstName: 'Ada', custom: { Plan: 'gold' } } },
        { rowNumber: 3, number: '+4930100002' },
      ],
      duplicate: [{ rowNumber: 4, reason: 'Row 3 has the same number.' }],
      dnc: [{ rowNumber: 5, reason: expect.stringContaining('do-not-call') }],
      invalid: [{ rowNumber: 6, raw: ['=cmd()', 'not a number', 'x'] }],
    },
  });
  const path = `/contacts/import/${preview.id}`;
  expect((await api.send('GET', path)).json()).toEqual(preview);
  expect(await walk(api, '/contacts')).toEqual([]);

  const campaignId = await seedCampaign(api.db);
  const committed = await api.send('POST', `${path}/commit`, { campaignId });
  expect(committed.json()).toMatchObject({ counts: { contacts: 2, leads: 2 } });
  const leads = await walk<{ number: string }>(api, `/campaigns/${campaignId}/leads`);
  expect(leads.map(({ number }) => number)).toEqual(['+4930100001', '+4930100002']);
  expect((await api.send('POST', `${path}/commit`, {})).statusCode).toBe(409);

  const rejects = await api.send('GET', `${path}/rejects.csv`);
  expect(rejects.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="rejects.csv"',
  });
  const lines = rejects.body.trim().split('\n');
  expect(lines).toHaveLength(4);
  expect(rejects.body).toContain("'=cmd()");
});

test('a list is mapped anew without another upload', async () => {
  const list = 'Name,A,B\nAda,030 200001,+4930200002\n';
  const first = await upload(
    ['mapping', '{"A":"phone"}'],
    ['defaultCountry', 'DE'],
    ['file', list, 'list.csv'],
  );
  const { id, counts } = first.json();
  expect(counts).toMatchObject({ accepted: 1 });
  const path = `/contacts/import/${id}`;
  const remapped = await api.send('PATCH', path, { mapping: { B: 'phone', A: 'ignored', Name: 'lastName' } });
  expect(remapped.json()).toMatchObject({
    defaultCountry: null,
    samples: { accepted: [{ number: '+4930200002', contact: { lastName: 'Ada', custom: {} } }] },
  });
  const wrong = await api.send('PATCH', path, { mapping: { C: 'phone' } });
  expect(wrong.json()).toMatchObject({ status: 422, detail: expect.stringContaining('C') });
  const strange = await api.send('PATCH', path, { defaultCountry: 'XX' });
  expect(strange.statusCode).toBe(422);
});

test('rows are walked in the order of the file, by verdict', async () => {
  const list = `phone\n${['+4930300001', 'x', '+4930300002', 'y', 'z'].join('\n')}\n`;
  const { id } = (await upload(['file', list, 'list.csv'])).json();
  const rows = async (query: string): Promise<number[]> =>
    (await walk<{ rowNumber: number }>(api, `/contacts/import/${id}/rows${query}`)).map(
      ({ rowNumber }) => rowNumber,
    );
  expect(await rows('')).toEqual([2, 3, 4, 5, 6]);
  expect(await rows('?verdict=invalid')).toEqual([3, 5, 6]);
  expect(await rows('?verdict=dnc')).toEqual([]);
});

test('an import is thrown away with its rows', async () => {
  const { id } = (await upload(['file', 'phone\n+4930400001\n', 'list.csv'])).json();
  expect((await api.send('DELETE', `/contacts/import/${id}`)).statusCode).toBe(204);
  expect((await api.send('GET', `/contacts/import/${id}`)).statusCode).toBe(404);
});

const file = ['file', 'phone\n+4930500001\n', 'list.csv'] as const;
test.each([
  ['no file', [['defaultCountry', 'DE']], 400, 'no file'],
  ['a field behind the file', [file, ['defaultCountry', 'DE']], 400, 'last part'],
  ['two files', [file, file], 400, 'last part'],
  ['a mapping that is no JSON', [['mapping', '{'], file], 422, 'JSON'],
  ['a mapping to nowhere', [['mapping', '{"phone":"fax"}'], file], 422, 'mapping'],
  ['an unknown field', [['campaign', 'x'], file], 422, 'campaign'],
  ['a country nobody knows', [['defaultCountry', 'XX'], file], 422, 'country'],
  ['an empty list', [['file', '', 'list.csv']], 422, ''],
  ['a list without numbers', [['file', 'name\nAda\n', 'list.csv']], 422, 'phone'],
] as [string, Part[], number, string][])(
  '%s is refused and nothing is kept',
  async (_what, parts, status, why) => {
    const before = await countImports();
    const reply = await upload(...parts);
    expect(reply.headers['content-type']).toContain('application/problem+json');
    expect(reply.json()).toMatchObject({ status, detail: expect.stringContaining(why) });
    expect(await countImports()).toBe(before);
  },
);

test.each([
  ['POST', '/contacts/import', { file: 'x' }, 400],
  ['GET', `/contacts/import/${nobody}`, undefined, 404],
  ['PATCH', `/contacts/import/${nobody}`, {}, 404],
  ['DELETE', `/contacts/import/${nobody}`, undefined, 404],
  ['GET', `/contacts/import/${nobody}/rows`, undefined, 404],
  ['GET', `/contacts/import/${nobody}/rejects.csv`, undefined, 404],
  ['POST', `/contacts/import/${nobody}/commit`, {}, 404],
] as const)('%s %s %j is refused with %i', async (method, path, body, status) => {
  expect((await api.send(method, path, body)).json()).toMatchObject({ status });
});

test('a list is not committed into a campaign that is not there or has ended', async () => {
  const { id } = (await upload(['file', 'phone\n+4930600001\n', 'list.csv'])).json();
  const commit = async (campaignId: string): Promise<number> =>
    (await api.send('POST', `/contacts/import/${id}/commit`, { campaignId })).statusCode;
  expect(await commit(nobody)).toBe(422);
  expect(await commit(await seedCampaign(api.db, { state: 'completed' }))).toBe(409);
  expect(await walk(api, `/contacts?number=${encodeURIComponent('+4930600001')}`)).toEqual([]);
});
