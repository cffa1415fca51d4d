import { expect, test } from 'vitest';
import {
  fields,
  MAX_COLUMNS,
  REFUSED_BECAUSE,
  REFUSED_ROW,
  recognizeColumns,
  type Target,
} from '../../../src/contact/columns.ts';
import { synonyms } from '../../../src/contact/synonyms.ts';

const targetsOf = (headers: readonly string[], mapping: Readonly<Record<string, Target>> = {}): unknown => {
  const found = recognizeColumns(headers, mapping);
  return 'problem' in found ? found : found.columns.map(({ target }) => target);
};

test.each(fields.flatMap((field) => synonyms[field].map((word) => [word, field] as const)))(
  '%s means %s',
  (word, field) => {
    const headers = field === 'phone' ? [word] : ['Phone', word];
    expect(targetsOf(headers)).toEqual(field === 'phone' ? ['phone'] : ['phone', field]);
  },
);

test('no synonym stands for two fields, and each is written as headers are compared', () => {
  const all = fields.flatMap((field) => synonyms[field]);
  expect(all).toEqual([...new Set(all)]);
  expect(all.filter((word) => !/^[a-z0-9]+$/.test(word))).toEqual([]);
});

test.each([
  ['English', ['First Name', 'lastName', 'Phone Number', 'E-Mail', 'Job Title', 'Time Zone']],
  ['German', ['Vorname', 'Nachname', 'Rufnummer', 'E-Mail-Adresse', 'Funktion', 'Zeitzone']],
  ['French', ['Prénom', 'NOM', 'Numéro de téléphone', 'Courriel', 'Poste', 'Fuseau horaire']],
  ['Spanish', ['Nombre', 'Apellidos', 'Teléfono móvil', 'Correo electrónico', 'Cargo', 'Zona horaria']],
  ['Italian', ['Nome', 'Cognome', 'Cellulare', 'Indirizzo e-mail', 'Qualifica', 'Fuso orario']],
  ['decomposed accents', ['Pre\u0301nom', 'nom', 'te\u0301le\u0301phone', 'mail', 'titre', 'tz']],
])('headers in %s are recognised', (_, headers) => {
  expect(targetsOf(headers)).toEqual(['firstName', 'lastName', 'phone', 'email', 'title', 'timezone']);
});

test.each<[string, string[], Record<string, Target>, Target[]]>([
  ['any order', ['Firma', 'Plan', 'Mobil'], {}, ['company', 'custom', 'phone']],
  ['the mobile wins over the landline', ['Phone', 'Mobile Phone'], {}, ['custom', 'phone']],
  ['a mapping wins over the header', ['Phone', 'Kontakt'], { Kontakt: 'phone' }, ['custom', 'phone']],
  ['a mapping ignores a column', ['Phone', 'Notes'], { Notes: 'ignored' }, ['phone', 'ignored']],
  ['a mapping keeps a field as custom', ['Phone', 'Title'], { Title: 'custom' }, ['phone', 'custom']],
  ['a mapped-away phone leaves the next', ['Mobile', 'Phone'], { Mobile: 'custom' }, ['custom', 'phone']],
  [
    'the columns of refused rows',
    ['Phone', REFUSED_ROW, REFUSED_BECAUSE],
    {},
    ['phone', 'ignored', 'ignored'],
  ],
  ['a header twice', ['Phone', 'Phone'], {}, ['phone', 'custom']],
  ['an empty header', ['Phone', ''], {}, ['phone', 'custom']],
  ['names of object members', ['Phone', '__proto__', 'constructor'], {}, ['phone', 'custom', 'custom']],
])('%s', (_, headers, mapping, expected) => {
  expect(targetsOf(headers, mapping)).toEqual(expected);
});

test('columns have names that tell them apart', () => {
  const found = recognizeColumns(['Phone', 'Plan', 'Plan', ' ', '\u0000No\ntes "a"'], {});
  expect(found).toMatchObject({
    columns: [
      { name: 'Phone' },
      { name: 'Plan' },
      { name: 'Plan (2)' },
      { name: 'Column 4' },
      { name: 'No tes a' },
    ],
  });
});

test('a second phone column is kept, with a warning', () => {
  expect(recognizeColumns(['Home Phone', 'Mobile'], {})).toMatchObject({
    warnings: [expect.stringContaining('‘Home Phone’ could be phone too')],
  });
  expect(recognizeColumns(['Home Phone', 'Mobile'], { 'Home Phone': 'custom' })).toMatchObject({
    warnings: [],
  });
});

test.each<[string, string[], Record<string, Target>, RegExp]>([
  ['no phone column', ['Vorname', 'Kunde'], {}, /map one of: Vorname, Kunde/],
  ['a first line that is no header', ['Ada', '+49 151 23456789'], {}, /first line must name the columns/],
  ['a mapping for a column that is not there', ['Phone'], { Plan: 'ignored' }, /no column named ‘Plan’/],
  ['two columns for one field', ['A', 'B'], { A: 'phone', B: 'phone' }, /Two columns are mapped to phone/],
  ['too many columns', Array.from({ length: MAX_COLUMNS + 1 }, () => 'Phone'), {}, /at most 200/],
])('%s is a problem', (_, headers, mapping, problem) => {
  expect(recognizeColumns(headers, mapping)).toEqual({ problem: expect.stringMatching(problem) });
});
