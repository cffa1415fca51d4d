import { expect, test } from 'vitest';
import {
  type Disposition,
  type RefinedDisposition,
  finalDispositions,
  isFinal,
  promisedDispositions,
  refine,
  refinedDispositions,
  retryableDispositions,
} from '../../../src/call/disposition.ts';

const all: readonly Disposition[] = [...finalDispositions, ...promisedDispositions, ...retryableDispositions];
const cutShort = new Set<Disposition>(['hung_up_early', 'lost_app', 'lost_pbx', 'cancelled']);

test.each(all)('%s: what words make of it', (disposition) => {
  const expected = (words: RefinedDisposition): RefinedDisposition | null => {
    if (disposition === 'answered') return words;
    if (!cutShort.has(disposition)) return null;
    return words === 'refused' || words === 'wrong_person' ? words : null;
  };
  for (const words of refinedDispositions) expect(refine(disposition, words), words).toBe(expected(words));
});

test('I9: nothing is refined into what is dialed again', () => {
  expect(refinedDispositions.every((words) => isFinal(words))).toBe(true);
});
