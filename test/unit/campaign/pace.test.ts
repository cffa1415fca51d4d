import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JUDGED_TURNS, type Pace, fullPace, p95, stepPace } from '../../../src/campaign/pace.ts';

const targetMs = 2500;
const good = 1200;
const late = 4000;

const after = (pace: Pace, turnsMs: readonly number[], slots: number): Pace =>
  turnsMs.reduce((now, tookMs) => stepPace(now, tookMs, { slots, targetMs }), pace);
const turns = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms);
const batch = (lateOnes: number): number[] => [
  ...turns(lateOnes, late),
  ...turns(JUDGED_TURNS - lateOnes, good),
];

test.each([
  ['all are in time: one more', 4, batch(0), 5],
  ['never more than the slots', 8, batch(0), 8],
  ['one late answer in twenty is no p95', 4, batch(1), 5],
  ['two in twenty are: half as many', 5, batch(2), 2],
  ['late again and again: half of the half', 8, [...batch(20), ...batch(20)], 2],
  ['one conversation goes on, however slow', 1, batch(20), 1],
  ['too few answers change nothing', 4, turns(JUDGED_TURNS - 1, late), 4],
  ['an answer right at the target is in time', 4, turns(JUDGED_TURNS, targetMs), 5],
  ['what is late before a change does not count after it', 8, [...batch(20), ...batch(0)], 5],
])('%s', (_, talks, turnsMs, expected) => {
  expect(after({ talks, turnsMs: [] }, turnsMs, 8).talks).toBe(expected);
});

test('I11: whatever the answers take, at least one conversation and no more than the slots', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 600 }),
      (slots, turnsMs) => {
        let pace = fullPace(slots);
        for (const tookMs of turnsMs) {
          pace = stepPace(pace, tookMs, { slots, targetMs });
          expect(pace.talks).toBeGreaterThanOrEqual(1);
          expect(pace.talks).toBeLessThanOrEqual(slots);
          expect(pace.turnsMs.length).toBeLessThan(JUDGED_TURNS);
        }
      },
    ),
  );
});

test('whatever has been, good answers bring all slots back, and late ones leave a single conversation', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 400 }),
      (slots, turnsMs) => {
        const before = after(fullPace(slots), turnsMs, slots);
        const batches = JUDGED_TURNS * (slots + 1);
        expect(after(before, turns(batches, good), slots).talks).toBe(slots);
        expect(after(before, turns(batches, late), slots).talks).toBe(1);
      },
    ),
  );
});

test.each([
  [[], NaN],
  [[7], 7],
  [[3, 1, 2], 3],
  [Array.from({ length: 20 }, (_, index) => 20 - index), 19],
  [Array.from({ length: 100 }, (_, index) => index + 1), 95],
])('the p95 of %j is %d', (times, expected) => {
  expect(p95(times)).toBe(expected);
});
