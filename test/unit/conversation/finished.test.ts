import { expect, test } from 'vitest';
import { looksFinished } from '../../../src/conversation/finished.ts';

test.each([
  ['Yes, that suits me.', true],
  ['What is that for?', true],
  ['Does my insurance pay for that?', true],
  ['I am calling for.', false],
  ['I would like to, um', false],
  ['Well...', false],
  ['But what if...?', true],
  ['No end', false],
  ['', false],
])('%s', (text, finished) => {
  expect(looksFinished(text)).toBe(finished);
});
