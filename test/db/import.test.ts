import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { alwaysOpen } from '../../src/schedule/windows.ts';
import { deleteAbandonedImports, deleteImport, findImport } from '../../src/db/imports.ts';
import { commitImport, previewImport } from '../../src/engine/import-commit.ts';
import { exportRefused } from '../../src/engine/import-export.ts';
import { remapImport, stageImport, type ListReading } from '../../src/engine/import.ts';
import { freshDatabase } from '../support/database.ts';

const db = await freshDatabase();

beforeEach(async () => {
  await sql`truncate imports, import_rows, contacts, contact_numbers, leads, campaigns, dnc cascade`.execute(
    db,
  );
});

async function* inPieces(file: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function* breakOff(file: string): AsyncGenerator<Uint8Array> {
  yield* inPieces(file, 4096);
  throw new Error('socket hang up');
}

const stage = (file: string | Uint8Array, reading: Partial<ListReading> = {}) =>
  stageImport(db, {
    fileName: 'list.csv',
    bytes: inPieces(file),
    mapping: {},
    defaultCountry: 'DE',
    ...reading,
  });

/** Stages a list that must be readable; returns its preview. */
async function preview(file: string | Uint8Array, reading: Partial<ListReading> = {}) {
  const staged = await stage(file, reading);
  if ('problem' in staged) throw new Error(staged.problem);
  const found = await previewImport(db, staged);
  if (!found) throw new Error('The import is gone');
  return found;
}

async function commit(id: string, campaignId: string | null = null) {
  const done = await commitImport(db, { id, campaignId });
  if ('problem' in done) throw new Error(done.problem);
  return done.counts;
}

async function refused(id: string): Promise<string> {
  const csv = await exportRefused(db, { id });
  if (!csv) throw new Error('The import is gone');
  let text = '';
  for await (const part of csv) text += part;
  return text;
}

async function addCampaign(state: 'draft' | 'active' | 'completed' | 'cancelled' = 'draft'): Promise<string> {
  const { id } = await db
    .insertInto('campaigns')
    .values({ name: 'c', state, windows: JSON.stringify(alwaysOpen), retry: '{}' })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

const addDnc = (number: string, campaignId: string | null = null) =>
  db.insertInto('dnc').values({ number, campaignId, source: 'operator' }).execute();

const contacts = () =>
  db
    .selectFrom('contacts')
    .innerJoin('contactNumbers', 'contactId', 'id')
    .select(['number', 'firstName', 'lastName', 'email', 'company', 'title', 'timezone', 'custom'])
    .orderBy('number')
    .execute();

const leads = async (campaignId: string): Promise<string[]> =>
  (
    await db
      .selectFrom('leads')
      .select('number')
      .where('campaignId', '=', campaignId)
      .orderBy('number')
      .execute()
  ).map(({ number }) => number);

const count = async (table: 'importRows' | 'contacts' | 'contactNumbers' | 'leads'): Promise<number> =>
  (
    await db
      .selectFrom(table)
      .select(sql<number>`count(*)`.as('n'))
      .executeTakeFirstOrThrow()
  ).n;

const utf16 = (text: string, littleEndian: boolean): Uint8Array => {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    new DataView(bytes.buffer).setUint16(i * 2, text.charCodeAt(i), littleEndian);
  }
  return bytes;
};
const windows1252 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe('a list is read as people write it', () => {
  const zoe = { number: '+4915123456789', firstName: 'Zoë', lastName: 'Müller', custom: {} };
  test.each<[string, string | Uint8Array]>([
    ['commas', 'Phone,First name,Last name\n+4915123456789,Zoë,Müller\n'],
    ['semicolons and Windows line ends', 'Phone;Vorname;Nachname\r\n+4915123456789;Zoë;Müller\r\n'],
    ['mixed line ends', 'Phone;Vorname;Nachname\r\n\n+4915123456789;Zoë;Müller\r'],
    ['tabs', 'Phone\tVorname\tNachname\n+4915123456789\tZoë\tMüller'],
    ['any order of columns', 'Nachname;Rufnummer;Vorname\nMüller;+4915123456789;Zoë'],
    ['a byte order mark', '\uFEFFPhone,Vorname,Nachname\n+4915123456789,Zoë,Müller'],
    [
      'UTF-16LE with tabs, as Excel saves it',
      utf16('\uFEFFPhone\tVorname\tNachname\r\n+4915123456789\tZoë\tMüller', true),
    ],
    ['UTF-16BE', utf16('\uFEFFPhone,Vorname,Nachname\n+4915123456789,Zoë,Müller', false)],
    ['Windows-1252', windows1252('Phone;Vorname;Nachname\n+4915123456789;Zo\xEB;M\xFCller')],
    ['a declared delimiter', 'sep=;\r\nPhone;Vorname;Nachname\r\n+4915123456789;Zoë;Müller'],
    ['brackets and spaces', 'Phone,Vorname,Nachname\n+49 (151) 234 567-89,Zoë,Müller'],
    ['a national number', 'Phone,Vorname,Nachname\n0151 23456789,Zoë,Müller'],
    ['quotes', '"Phone","Vorname","Nachname"\n"+4915123456789","Zoë","Müller"\n'],
    ['empty rows between and after', 'Phone,Vorname,Nachname\n\n,,\n+4915123456789,Zoë,Müller\n,,\n\n'],
    [
      'names with what SIP forbids',
      'Phone,Vorname,Nachname\n+4915123456789,"Zoë<>;""","Müller\u0007"' + '\n'.repeat(100),
    ],
  ])('%s', async (_, file) => {
    const { id } = await preview(file);
    expect(await commit(id)).toMatchObject({ accepted: 1, invalid: 0, contacts: 1 });
    expect(await contacts()).toMatchObject([zoe]);
  });

  test('line breaks in quotes and unknown columns are kept as custom fields', async () => {
    const { id } = await preview('Phone;Notes;Plan\n+4915123456789;"first\nsecond; ""third""";Gold\n');
    await commit(id);
    expect(await contacts()).toMatchObject([{ custom: { Notes: 'first\nsecond; "third"', Plan: 'Gold' } }]);
  });

  test('every field arrives where it belongs', async () => {
    const { id } = await preview(
      'Phone,First name,Last name,Email,Company,Title,Timezone\n' +
        '+4915123456789,Ada,Byron,ada@example.org,Engines,Countess,Europe/London\n',
    );
    await commit(id);
    expect(await contacts()).toEqual([
      {
        number: '+4915123456789',
        firstName: 'Ada',
        lastName: 'Byron',
        email: 'ada@example.org',
        company: 'Engines',
        title: 'Countess',
        timezone: 'Europe/London',
        custom: {},
      },
    ]);
  });
});

describe('the preview', () => {
  const file = [
    'Mobile,Name,Home Phone',
    '+4915123456789,Ada,1',
    '0151 23456789,Again,2',
    '4.47E+11,Excel,3',
    '+4915123456780,Listed,4',
    '+4915123456781,Known,5',
    '12,Short,6',
    '+4915123456782,Shifted',
  ].join('\n');

  test('gives each row its verdict and reason, and rates the list', async () => {
    await addDnc('+4915123456780');
    await commit((await preview('Phone\n+4915123456781')).id);
    const shown = await preview(file);
    expect(shown).toMatchObject({
      fileName: 'list.csv',
      state: 'staged',
      counts: { accepted: 1, duplicate: 2, invalid: 3, dnc: 1, named: 0 },
      quality: { rows: 7, valid: 4 / 7, unique: 5 / 7, callable: 6 / 7, named: 0 },
      warnings: [expect.stringContaining('‘Home Phone’')],
    });
    const reasons = Object.values(shown.samples)
      .flat()
      .map(({ rowNumber, verdict, reason }) => [rowNumber, verdict, reason]);
    expect(reasons).toEqual([
      [2, 'accepted', null],
      [3, 'duplicate', 'Row 2 has the same number.'],
      [6, 'duplicate', 'The number is already a contact.'],
      [4, 'invalid', expect.stringContaining('Mobile: A spreadsheet has turned')],
      [7, 'invalid', 'Mobile: The phone number is too short.'],
      [8, 'invalid', expect.stringContaining('another number of columns')],
      [5, 'dnc', 'The number is on the do-not-call list.'],
    ]);
  });

  test('shows the first ten rows of each verdict', async () => {
    const rows = Array.from({ length: 130 }, (_, i) => `+49151234${String(10_000 + i)}`);
    const { samples, counts } = await preview(['Phone', ...rows].join('\n'));
    expect(counts.accepted).toBe(130);
    expect(samples.accepted.map(({ rowNumber }) => rowNumber)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test('makes nothing a contact', async () => {
    await preview(file);
    expect(await count('contacts')).toBe(0);
  });
});

describe('the columns', () => {
  const file = 'Kontakt;Telefon;Plan\n0151 23456789;0151 23456780;Gold\n0171 2345678;0171 2345678;Silver\n';

  test('follow an explicit mapping', async () => {
    const { id } = await preview(file, { mapping: { Kontakt: 'phone', Telefon: 'ignored', Plan: 'title' } });
    await commit(id);
    expect(await contacts()).toMatchObject([
      { number: '+4915123456789', title: 'Gold', custom: {} },
      { number: '+491712345678', title: 'Silver', custom: {} },
    ]);
  });

  test('can be mapped anew without another upload', async () => {
    const { id } = await preview(file, { defaultCountry: null });
    expect(await previewImport(db, { id })).toMatchObject({ counts: { accepted: 0, invalid: 2 } });
    expect(await remapImport(db, { id, mapping: { Kontakt: 'phone' }, defaultCountry: 'DE' })).toEqual({
      id,
    });
    expect(await previewImport(db, { id })).toMatchObject({
      counts: { accepted: 2, invalid: 0 },
      defaultCountry: 'DE',
      columns: [{ target: 'phone' }, { target: 'custom' }, { target: 'custom' }],
    });
  });

  test('stay as they were when the new mapping does not fit', async () => {
    const before = await preview(file);
    const outcome = await remapImport(db, {
      id: before.id,
      mapping: { Nobody: 'phone' },
      defaultCountry: null,
    });
    expect(outcome).toEqual({ problem: expect.stringContaining('no column named') });
    expect(await previewImport(db, { id: before.id })).toEqual(before);
  });

  test('can’t be mapped anew after the commit', async () => {
    const { id } = await preview(file);
    await commit(id);
    expect(await remapImport(db, { id, mapping: {}, defaultCountry: 'DE' })).toBeUndefined();
  });
});

describe('the commit', () => {
  const two = 'Phone,Name\n+4915123456789,Ada\n+4915123456780,Zoë\n';

  test('makes leads of new and of known contacts, one each, and no second contact', async () => {
    const campaignId = await addCampaign();
    await commit((await preview('Phone\n+4915123456780')).id);
    const again = await preview(`${two}+4915123456789,Twice\n`);
    expect(await commit(again.id, campaignId)).toMatchObject({
      accepted: 1,
      duplicate: 2,
      contacts: 1,
      leads: 2,
    });
    expect(await leads(campaignId)).toEqual(['+4915123456780', '+4915123456789']);
    expect(await count('contacts')).toBe(2);
    const third = await preview(two);
    expect(await commit(third.id, campaignId)).toMatchObject({ contacts: 0, leads: 0 });
  });

  test('makes one lead of a contact who stands there with two numbers', async () => {
    const campaignId = await addCampaign();
    await commit((await preview('Phone\n+4915123456789')).id);
    const { contactId } = await db.selectFrom('contactNumbers').select('contactId').executeTakeFirstOrThrow();
    await db.insertInto('contactNumbers').values({ number: '+4915123456780', contactId, rank: 1 }).execute();
    await commit((await preview(two)).id, campaignId);
    expect(await leads(campaignId)).toEqual(['+4915123456789']);
  });

  test('leaves out who came onto the do-not-call list after the preview, everywhere or for the campaign', async () => {
    const campaignId = await addCampaign();
    const { id } = await preview(`${two}+4915123456781,Eve\n`);
    await addDnc('+4915123456789');
    await addDnc('+4915123456780', campaignId);
    await addDnc('+4915123456781', await addCampaign());
    expect(await commit(id, campaignId)).toMatchObject({ accepted: 2, dnc: 1, contacts: 2, leads: 1 });
    expect(await leads(campaignId)).toEqual(['+4915123456781']);
    expect((await contacts()).map(({ number }) => number)).toEqual(['+4915123456780', '+4915123456781']);
  });

  test('of two lists with the same numbers at the same time makes each contact once', async () => {
    const lists = await Promise.all([preview(two), preview(two), preview(two)]);
    const counts = await Promise.all(lists.map(({ id }) => commit(id)));
    expect(counts.reduce((sum, { contacts = 0 }) => sum + contacts, 0)).toBe(2);
    expect([await count('contacts'), await count('contactNumbers')]).toEqual([2, 2]);
  });

  test('happens once', async () => {
    const { id } = await preview(two);
    const both = await Promise.all([1, 2].map(() => commitImport(db, { id, campaignId: null })));
    expect(both.filter((outcome) => 'counts' in outcome)).toHaveLength(1);
    expect(both).toContainEqual({ problem: 'not_staged' });
    expect(await findImport(db, { id })).toMatchObject({ state: 'committed', committedAt: expect.any(Date) });
  });

  test.each([
    ['an import that does not exist', null, 'missing'],
    ['a campaign that does not exist', null, 'campaign_missing'],
    ['a completed campaign', 'completed', 'campaign_ended'],
    ['a cancelled campaign', 'cancelled', 'campaign_ended'],
  ] as const)('is refused for %s', async (_, state, problem) => {
    const { id } = await preview(two);
    const nobody = '00000000-0000-4000-8000-000000000000';
    const outcome = await commitImport(db, {
      id: problem === 'missing' ? nobody : id,
      campaignId: state === null ? nobody : await addCampaign(state),
    });
    expect(outcome).toEqual({ problem });
    expect([await count('contacts'), (await findImport(db, { id }))?.state]).toEqual([0, 'staged']);
  });

  test('that fails midway makes nobody a contact, and can be tried again', async () => {
    const { id } = await preview(two);
    await sql`create function fail() returns trigger language plpgsql as
      $$ begin raise exception 'no' using errcode = '53100'; end $$`.execute(db);
    await sql`create trigger full_disk before insert on contacts execute function fail()`.execute(db);
    await expect(commitImport(db, { id, campaignId: null })).rejects.toMatchObject({ code: '53100' });
    await sql`drop function fail cascade`.execute(db);
    expect([await count('contacts'), await count('contactNumbers'), await count('importRows')]).toEqual([
      0, 0, 2,
    ]);
    expect(await commit(id)).toMatchObject({ contacts: 2 });
  });

  test('keeps only the rows that did not become contacts', async () => {
    const { id } = await preview(`${two}12,Short\n`);
    await commit(id);
    expect(await count('importRows')).toBe(1);
  });
});

describe('the refused rows', () => {
  test('come back as a CSV with row and reason, formulas disarmed', async () => {
    const { id } = await preview(
      'Phone;Formula;Note\n12;=cmd|calc;"a\nb"\n+49 151;@SUM(1);-1\n+4915123456789;fine;\nx;y;z;more\n',
    );
    await commit(id);
    expect(await refused(id)).toBe(
      [
        '\uFEFFPhone,Formula,Note,Refused row,Refused because\n',
        `12,'=cmd|calc,"a\nb",2,Phone: The phone number is too short.\n`,
        `'+49 151,'@SUM(1),'-1,3,Phone: The phone number is too short.\n`,
        'x,y,z,5,The row has another number of columns than the header.,more\n',
      ].join(''),
    );
  });

  test('can be corrected and imported again as they are', async () => {
    const { id } = await preview('Phone,Plan\n0151 23456789,Gold\n', { defaultCountry: null });
    const csv = (await refused(id)).replace('0151 23456789', '+49 151 23456789');
    await commit((await preview(csv, { defaultCountry: null })).id);
    expect(await contacts()).toMatchObject([{ number: '+4915123456789', custom: { Plan: 'Gold' } }]);
  });

  test('are all there, also in a long list', async () => {
    const rows = Array.from({ length: 2500 }, (_, i) => String(i % 1000));
    const { id } = await preview(['Phone', ...rows].join('\n'));
    expect((await refused(id)).trim().split('\n')).toHaveLength(2501);
  });

  test('of an import that does not exist are none', async () => {
    expect(await exportRefused(db, { id: '00000000-0000-4000-8000-000000000000' })).toBeUndefined();
  });
});

describe('a file that is no list', () => {
  const many = Array.from({ length: 200 }, (_, i) => `+49151234${10_000 + i},Ada`).join('\n');
  test.each<[string, string | Uint8Array, RegExp]>([
    ['an empty file', '', /file is empty/],
    ['a spreadsheet', windows1252('PK\x03\x04\x14\x00\x06\x00'), /save it as CSV/],
    ['a binary file', Uint8Array.of(1, 2, 3, 0, 5), /not a text file/],
    ['no phone column', 'Name,Kunde\nAda,1\n', /map one of: Name, Kunde/],
    ['no header', '+4915123456789,Ada\n+4915123456780,Zoë\n', /first line must name the columns/],
    ['a header alone', 'Phone,Name\n', /a header but no rows/],
    [
      'a quote that is never closed',
      `Phone,Name\n${many}\n+4915123456789,"Ada\n${many}`,
      /^Line 202: a quote is opened/,
    ],
    ['text after a quote', `Phone,Name\n${many}\n12,"Ada"x\n`, /^Line 202: text follows a closing quote/],
    ['a quote inside a cell', `Phone,Name\n${many}\n12,A"da"\n`, /^Line 202: a quote stands inside a cell/],
    ['an endless row', `Phone,Name\n12,"${'x'.repeat(300_000)}`, /^Line 2: this row is longer than 256 KB/],
    [
      'another encoding halfway',
      Buffer.concat([
        Buffer.from(`Phone,Name\n1,Zoë\n${many}\n${'x,y\n'.repeat(20_000)}`),
        windows1252('1,Zo\xEB\n1,Zo\xEB\n'),
      ]),
      /no longer in the encoding/,
    ],
  ])('%s gets a clear problem and leaves nothing behind', async (_, file, problem) => {
    expect(
      await stageImport(db, {
        fileName: 'x',
        bytes: inPieces(file, 1024),
        mapping: {},
        defaultCountry: 'DE',
      }),
    ).toEqual({ problem: expect.stringMatching(problem) });
    const kept = await db.selectFrom('imports').select('state').where('state', '<>', 'failed').execute();
    expect(kept).toEqual([]);
    expect([await count('importRows'), await count('contacts')]).toEqual([0, 0]);
  });

  test('a full disk while reading is told, and leaves nothing behind', async () => {
    await sql`create function fail() returns trigger language plpgsql as
      $$ begin if new.row_number > 150 then raise exception 'no' using errcode = '53100'; end if; return new; end $$`.execute(
      db,
    );
    await sql`create trigger full_disk before insert on import_rows for each row execute function fail()`.execute(
      db,
    );
    const outcome = await stage(`Phone,Name\n${many}`);
    await sql`drop function fail cascade`.execute(db);
    expect(outcome).toEqual({ problem: expect.stringContaining('no space left') });
    expect(await db.selectFrom('imports').select('state').execute()).toEqual([{ state: 'failed' }]);
    expect(await count('importRows')).toBe(0);
  });

  test('an upload that breaks off fails, and leaves nothing behind', async () => {
    const staging = stageImport(db, {
      fileName: 'x',
      bytes: breakOff(`Phone,Name\n${many}\n`.repeat(20)),
      mapping: {},
      defaultCountry: 'DE',
    });
    await expect(staging).rejects.toThrow('socket hang up');
    expect(await db.selectFrom('imports').select(['state', 'problem']).execute()).toEqual([
      { state: 'failed', problem: 'The import was interrupted.' },
    ]);
    expect(await count('importRows')).toBe(0);
  });
});

test('an import can be deleted, with its rows; its contacts stay', async () => {
  const { id } = await preview('Phone\n+4915123456789\n12');
  await commit(id);
  expect([await deleteImport(db, { id }), await deleteImport(db, { id })]).toEqual([true, false]);
  expect([await count('importRows'), await count('contacts')]).toEqual([0, 1]);
});

test('imports that nobody has committed for a day are removed', async () => {
  const [old, fresh, committed] = await Promise.all(
    ['1', '2', '3'].map((last) => preview(`Phone\n+491512345678${last}`)),
  );
  await commit(committed?.id ?? '');
  await db
    .updateTable('imports')
    .set({ createdAt: sql<Date>`now() - interval '25 hours'` })
    .where('id', 'in', [old?.id ?? '', committed?.id ?? ''])
    .execute();
  expect(await deleteAbandonedImports(db)).toBe(1);
  const left = await db.selectFrom('imports').select('id').execute();
  expect(new Set(left.map(({ id }) => id))).toEqual(new Set([fresh?.id, committed?.id]));
});
