import { expect, test } from 'vitest';
import { backoffMs } from '../../../src/asterisk/backoff.ts';

test.each([
  [1, 0, 50],
  [1, 1, 100],
  [2, 1, 200],
  [5, 0.5, 1200],
  [8, 1, 10_000],
  [1000, 0, 5000],
])('after %i failures with chance %d it waits %i ms', (failures, random, ms) => {
  expect(backoffMs({ failures, random, firstMs: 100, mostMs: 10_000 })).toBe(ms);
});
