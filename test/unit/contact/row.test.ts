import { expect, test } from 'vitest';
import { recognizeColumns, type Column } from '../../../src/contact/columns.ts';
import { createJudge } from '../../../src/contact/judge.ts';
import { createDeduper, rateList } from '../../../src/contact/list.ts';
import { describeFaults, readRow } from '../../../src/contact/row.ts';
import { cleanName, cleanText } from '../../../src/contact/text.ts';

function columnsOf(...headers: string[]): readonly Column[] {
  const found = recognizeColumns(headers, headers.includes('Skip') ? { Skip: 'ignored' } : {});
  if ('problem' in found) throw new Error(found.problem);
  return found.columns;
}
const columns = columnsOf(
  'Mobile',
  'Vorname',
  'Nachname',
  'E-Mail',
  'Firma',
  'Titel',
  'Zeitzone',
  'Plan',
  'Skip',
);
const row = (changes: Readonly<Record<number, string>>): readonly string[] =>
  [
    '0151 23456789',
    'Ada',
    'Byron',
    'ada@example.org',
    'Engines',
    'Countess',
    'Europe/London',
    'Gold',
    'x',
  ].map((cell, index) => changes[index] ?? cell);

test('a row becomes a contact', () => {
  expect(readRow(row({}), columns, 'DE')).toEqual({
    number: '+4915123456789',
    contact: {
      firstName: 'Ada',
      lastName: 'Byron',
      email: 'ada@example.org',
      company: 'Engines',
      title: 'Countess',
      timezone: 'Europe/London',
      custom: { Plan: 'Gold' },
    },
  });
});

test('empty cells are no values', () => {
  expect(readRow(['+4915123456789', '', ' ', '', '', '', '', '\t', ''], columns, null)).toEqual({
    number: '+4915123456789',
    contact: {
      firstName: null,
      lastName: null,
      email: null,
      company: null,
      title: null,
      timezone: null,
      custom: {},
    },
  });
});

test.each([
  ['a number that is too short', { 0: '12' }, [['Mobile', 'too_short']]],
  ['an e-mail address without a domain', { 3: 'ada@' }, [['E-Mail', 'email_invalid']]],
  ['an e-mail address with a name', { 3: 'Ada <ada@example.org>' }, [['E-Mail', 'email_invalid']]],
  ['an abbreviated zone', { 6: 'CET' }, [['Zeitzone', 'zone_unknown']]],
  ['a zone that does not exist', { 6: 'Europe/Atlantis' }, [['Zeitzone', 'zone_unknown']]],
  ['an endless name', { 1: 'a'.repeat(201) }, [['Vorname', 'field_too_long']]],
  ['an endless custom field', { 7: 'a'.repeat(4001) }, [['Plan', 'field_too_long']]],
  [
    'two faults',
    { 0: '', 3: 'no' },
    [
      ['Mobile', 'phone_missing'],
      ['E-Mail', 'email_invalid'],
    ],
  ],
] as const)('%s is refused', (_, changes, expected) => {
  expect(readRow(row(changes), columns, 'DE')).toEqual({
    faults: expected.map(([field, refusal]) => ({ field, refusal })),
  });
});

test.each([
  ['too few', ['+4915123456789']],
  ['too many', [...row({}), 'more']],
  ['no', []],
])('%s cells are refused', (_, cells) => {
  expect(readRow(cells, columns, 'DE')).toEqual({ faults: [{ field: null, refusal: 'column_count' }] });
});

test('faults read as one line', () => {
  expect(
    describeFaults([
      { field: 'Mobile', refusal: 'too_short' },
      { field: null, refusal: 'column_count' },
    ]),
  ).toBe('Mobile: The phone number is too short. The row has another number of columns than the header.');
});

test.each([
  ['  Ada   Byron ', 'Ada Byron', 'Ada   Byron'],
  ['Ada "The" <b>; Byron', 'Ada The b Byron', 'Ada "The" <b>; Byron'],
  ['Ada\u0000\u001B\r\nByron', 'Ada Byron', 'Ada\nByron'],
  ['O’Neil-Süß', 'O’Neil-Süß', 'O’Neil-Süß'],
  ['half a pair \uD83D', 'half a pair \uFFFD', 'half a pair \uFFFD'],
  ['"<>;', null, '"<>;'],
  [' \t ', null, null],
  ['', null, null],
])('%j is cleaned', (text, name, free) => {
  expect([cleanName(text), cleanText(text)]).toEqual([name, free]);
});

test('a column named like an object’s prototype stays a value', () => {
  const read = readRow(['+4915123456789', 'x'], columnsOf('Phone', '__proto__'), null);
  expect(JSON.stringify(read)).toContain('"custom":{"__proto__":"x"}');
});

test('a number that stands twice is found, with the row that was first', () => {
  const firstRow = createDeduper();
  const rows = ['+4915123456789', '+491512345678', '+4915123456789', '+4915123456789'];
  expect(rows.map((number, index) => firstRow(number, index + 2))).toEqual([null, null, 2, 2]);
});

test.each([
  [
    { accepted: 6, duplicate: 2, invalid: 1, dnc: 1, named: 3 },
    { rows: 10, valid: 0.9, unique: 0.8, callable: 0.9, named: 0.5 },
  ],
  [
    { accepted: 0, duplicate: 0, invalid: 0, dnc: 0, named: 0 },
    { rows: 0, valid: 0, unique: 0, callable: 0, named: 0 },
  ],
])('a list with %j is rated', (counts, expected) => {
  expect(rateList(counts)).toEqual(expected);
});

test('rows are judged in their order', () => {
  const judge = createJudge(columnsOf('Phone'), 'DE');
  const rows = [['0151 23456789'], ['12'], ['+49 151 23456789'], []];
  expect(rows.map((raw, index) => judge(index + 2, raw))).toMatchObject([
    { rowNumber: 2, verdict: 'accepted', reason: null, number: '+4915123456789', raw: ['0151 23456789'] },
    { rowNumber: 3, verdict: 'invalid', reason: 'Phone: The phone number is too short.', number: null },
    { rowNumber: 4, verdict: 'duplicate', reason: 'Row 2 has the same number.', number: '+4915123456789' },
    { rowNumber: 5, verdict: 'invalid', contact: null, raw: [] },
  ]);
});

test('a refused row does not make the next one a duplicate', () => {
  const judge = createJudge(columnsOf('Phone', 'Email'), null);
  expect([judge(2, ['+4915123456789', 'no']).verdict, judge(3, ['+4915123456789', '']).verdict]).toEqual([
    'invalid',
    'accepted',
  ]);
});
