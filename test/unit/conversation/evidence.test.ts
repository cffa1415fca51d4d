import { expect, test } from 'vitest';
import { evidenceOf } from '../../../src/conversation/evidence.ts';

const turns = [
  { speaker: 'agent', text: 'Does Tuesday at ten still suit you?' },
  { speaker: 'callee', text: 'Yes, that’s fine with me.' },
  { speaker: 'callee', text: 'Ja, für zwei Personen, bitte.' },
  { speaker: 'callee', text: 'No.' },
] as const;

test.each([
  ['a whole line', 'Yes, that’s fine with me.', 1],
  ['other marks and case', "yes THAT'S fine, with me", 1],
  ['a part of a line', 'that is not it: that’s fine with', null],
  ['three words of a line', 'fine with me', 1],
  ['accents that were not written', 'fur zwei Personen', 2],
  ['one word of many', 'fine', null],
  ['one word that is the whole line', 'no', 3],
  ['half of a word', 'es that’s fine with m', null],
  ['words in another order', 'with me fine', null],
  ['what the agent said', 'Does Tuesday at ten still suit you?', null],
  ['what nobody said', 'I would like to book a table.', null],
  ['two lines joined', 'fine with me Ja für zwei', null],
  ['nothing', ' … ', null],
])('%s', (_what, quote, at) => {
  expect(evidenceOf(quote, turns)).toBe(at === null ? null : turns[at]?.text);
});
