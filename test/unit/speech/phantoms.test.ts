import { expect, test } from 'vitest';
import { dropPhantoms } from '../../../src/speech/phantoms.ts';

const tone = (amplitude: number): Int16Array =>
  Int16Array.from({ length: 16_000 }, (_, i) => Math.round(amplitude * Math.sin(i / 4)));
const hiss = tone(100);
const hissWithAWord = Int16Array.from([...hiss, ...tone(4_000).subarray(0, 3_200), ...hiss]);

test.each([
  ['Thank you.', hiss, ''],
  ['Thank you.', hissWithAWord, 'Thank you.'],
  ['Thanks for watching!', hiss, ''],
  ['Yes, please.', hiss, 'Yes, please.'],
  ['Thank you for calling me.', hiss, 'Thank you for calling me.'],
  ['[BLANK_AUDIO]', hissWithAWord, ''],
  ['(upbeat music) ♪♪', hissWithAWord, ''],
  ['[cough] Yes. *sighs*', hissWithAWord, 'Yes.'],
  ['...', hissWithAWord, ''],
  ['Vielen Dank.', hiss, ''],
  ['', hiss, ''],
])('%j', (text, samples, kept) => {
  expect(dropPhantoms(text, samples)).toBe(kept);
});
