import { expect, test } from 'vitest';
import { meaningOf } from '../../../src/conversation/field-value.ts';
import type { ObjectiveField } from '../../../src/conversation/objective.ts';

/** A Tuesday. */
const meaning = { language: 'en', zone: 'Europe/London', now: new Date('2026-11-24T10:00:00Z') } as const;
const plain = (type: 'text' | 'number' | 'date' | 'yes_no'): ObjectiveField => ({
  name: 'x',
  question: 'What?',
  type,
});
const choice: ObjectiveField = {
  name: 'x',
  question: 'Which?',
  type: 'choice',
  options: ['private', 'public'],
};

test.each<[ObjectiveField, unknown, string, unknown]>([
  [plain('text'), ' Too dear. ', 'It was too dear for me.', 'Too dear.'],
  [plain('text'), '…', 'It was too dear for me.', null],
  [plain('text'), 7, 'Seven.', null],
  [plain('number'), 4, 'We will be 4 people.', 4],
  [plain('number'), 4, 'We will be four people.', 4],
  [plain('number'), '4', 'We will be four people.', 4],
  [plain('number'), 1500, 'About 1,500 a month.', 1500],
  [plain('number'), 5, 'We will be four people.', null],
  [plain('number'), 5, 'A few.', null],
  [plain('number'), null, 'Four.', null],
  [plain('date'), '1999-01-01', 'On Friday, please.', '2026-11-27'],
  [plain('date'), 'Friday', 'Tomorrow at eight.', '2026-11-25'],
  [plain('date'), '2026-12-01', 'I waited for an hour.', null],
  [plain('yes_no'), 'yes', 'Sure.', true],
  [plain('yes_no'), 'no', 'Not at all.', false],
  [plain('yes_no'), true, 'Sure.', true],
  [plain('yes_no'), 'maybe', 'Hm.', null],
  [choice, 'private', 'I pay privately.', 'private'],
  [choice, 'Private', 'I pay privately.', null],
  [choice, 'not said', 'I pay.', null],
])('%j answered with %j, said as "%s": %j', (field, answer, said, value) => {
  expect(meaningOf(field, answer, said, meaning)).toBe(value);
});

test('no day is understood where the callee may be in several zones', () => {
  expect(meaningOf(plain('date'), '', 'On Friday.', { ...meaning, zone: null })).toBeNull();
});

test('small numbers are known in each language', () => {
  const said = { de: 'Fünf Personen.', es: 'Para cinco.', fr: 'Nous sommes cinq.' };
  for (const [language, text] of Object.entries(said)) {
    expect(meaningOf(plain('number'), 5, text, { ...meaning, language: language as 'de' }), text).toBe(5);
  }
});
