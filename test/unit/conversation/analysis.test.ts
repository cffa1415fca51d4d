import { expect, test } from 'vitest';
import { fieldOf, outcomeOf, sentimentOf, summaryOf } from '../../../src/conversation/analysis.ts';

const turns = [
  { speaker: 'agent', text: 'Hello, this is Anna. Does Tuesday suit you?' },
  { speaker: 'callee', text: 'Hello?' },
  { speaker: 'callee', text: 'Yes, we will be four people.' },
  { speaker: 'callee', text: '…' },
] as const;
const meaning = { language: 'en', zone: 'Europe/London', now: new Date('2026-11-24T10:00:00Z') } as const;
const party = { name: 'party', question: 'How many will come?', type: 'number' } as const;

test('all questions begin with the same transcript, so that it is read once', () => {
  const questions = [
    summaryOf(turns),
    sentimentOf(turns),
    outcomeOf(turns),
    fieldOf(turns, party, meaning),
  ] as const;
  expect(new Set(questions.map(({ messages }) => messages[0]?.text)).size).toBe(1);
  expect(questions[0].messages[0]?.text).toContain('Person: "Yes, we will be four people."');
});

test('only lines of the callee can be quoted', () => {
  const { form } = sentimentOf(turns);
  expect(Object.values(form)).toContainEqual({ enum: ['Hello?', 'Yes, we will be four people.'] });
});

test.each([
  [
    { line: 'Yes, we will be four people.', feeling: 'positive' },
    { value: 'positive', quote: 'Yes, we will be four people.' },
  ],
  [{ line: 'Wonderful!', feeling: 'positive' }, null],
  [{ line: 'Hello?', feeling: 'overjoyed' }, null],
  [{ feeling: 'positive' }, null],
])('a feeling needs a line that was said: %j', (answer, expected) => {
  expect(sentimentOf(turns).read(answer)).toEqual(expected);
});

test.each([
  ['says yes to what the agent asks or offers', { value: 'interested', quote: 'Hello?' }],
  ['none of these', null],
  ['interested', null],
])('an outcome is one of those that were offered: %s', (meaning, expected) => {
  expect(outcomeOf(turns).read({ line: 'Hello?', meaning })).toEqual(expected);
});

test.each([
  [{ line: 'Yes, we will be four people.', answer: 4 }, 4],
  [{ line: 'Yes, we will be four people.', answer: 5 }, null],
  [{ line: 'not said', answer: 4 }, null],
  [{ line: 'We are four.', answer: 4 }, null],
  [{}, null],
])('a field that nothing shows was not said: %j', (answer, value) => {
  const quote = value === null ? null : 'Yes, we will be four people.';
  expect(fieldOf(turns, party, meaning).read(answer)).toEqual({ name: 'party', value, quote });
});

test('of a long call the end is read', () => {
  const long = Array.from({ length: 60 }, (_, at) => ({
    speaker: 'callee' as const,
    text: `Line ${at}: ${'so '.repeat(100)}`,
  }));
  const text = summaryOf(long).messages[0]?.text ?? '';
  expect(text.length).toBeLessThan(8000);
  expect(text).toContain('Line 59');
  expect(text).not.toContain('Line 0:');
});
