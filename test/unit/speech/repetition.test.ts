import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutRepetition } from '../../../src/speech/repetition.ts';

const sentence = 'To reset the audio volume of the conference to the default level.';

test.each([
  ['', '', false],
  ['Yes, that works.', 'Yes, that works.', false],
  ['No, no, no.', 'No, no, no.', false],
  ['No, no, no, no.', 'No,', true],
  ['Thank you. Thank you. Thank you.', 'Thank you. Thank you. Thank you.', false],
  ['Thank you. Thank you. Thank you. Thank you.', 'Thank you.', true],
  ['I am here. I am here.', 'I am here. I am here.', false],
  ['I am here. I am here. I am here.', 'I am here.', true],
  ['Well, I am here. i am here, I AM here. I am', 'Well, I am here.', true],
  [`${sentence} `.repeat(26), sentence, true],
  [`${sentence} ${sentence} ${sentence} To reset the`, sentence, true],
  ['one one one one two', 'one one one one two', false],
])('%j is cut to %j', (text, cut, repeats) => {
  expect(cutRepetition(text)).toEqual({ text: cut, repeats });
});

test('a phrase of different words, said often enough after a beginning, is left once', () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 1, maxLength: 20 }),
      fc.uniqueArray(fc.stringMatching(/^[A-Z][0-9]$/), { maxLength: 5 }),
      fc.integer({ min: 4, max: 9 }),
      (phrase, beginning, times) => {
        const once = phrase.join(' ');
        const text = [...beginning, ...Array.from({ length: times }, () => once)].join(' ');
        expect(cutRepetition(text)).toEqual({ text: [...beginning, once].join(' '), repeats: true });
      },
    ),
  );
});
