import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Disposition, finalDispositions, retryableDispositions } from '../../../src/call/disposition.ts';
import { defaultRetryPolicy, retryAt, retryPolicy } from '../../../src/campaign/retry.ts';

const endedAt = new Date('2026-11-24T10:00:00Z');
const HOUR = 3600;
const MANY = 100;
const next = (disposition: Disposition, times: number, attempts = times, cap = MANY): number | null => {
  const at = retryAt(
    defaultRetryPolicy,
    cap,
    { attempts, outcomes: { [disposition]: times } },
    disposition,
    endedAt,
  );
  return at && (at.getTime() - endedAt.getTime()) / 1000;
};

/** The mission's table: how long after, and at which attempt with this outcome it ends. */
const mission: [Disposition, number, number][] = [
  ['voicemail', 24 * HOUR, 3],
  ['no_answer', 24 * HOUR, 3],
  ['busy', HOUR, 5],
  ['network_error', HOUR / 2, 3],
];
test.each(mission)('%s: after %i s, up to %i attempts', (disposition, seconds, upTo) => {
  for (let times = 1; times < upTo; times++) expect(next(disposition, times)).toBe(seconds);
  expect(next(disposition, upTo)).toBeNull();
});

test.each([...finalDispositions])('%s is never dialed again (I9)', (disposition) => {
  expect(next(disposition, 1)).toBeNull();
});

const rest: Record<string, [number | null, number]> = {
  rejected: [24 * HOUR, 3],
  hung_up_early: [24 * HOUR, 3],
  no_audio: [HOUR / 2, 3],
  blocked: [null, 1],
  trunk_fault: [HOUR / 12, 100],
  cancelled: [24 * HOUR, 3],
  not_placed: [HOUR / 12, 100],
  lost_app: [HOUR / 2, 3],
  lost_pbx: [HOUR / 2, 3],
};
test.each(Object.entries(rest))('%s follows the row it resembles', (disposition, [seconds, upTo]) => {
  expect(next(disposition as Disposition, 1, 0)).toBe(seconds);
  expect(next(disposition as Disposition, upTo, 0)).toBeNull();
});

test('counts are per outcome, the campaign cap stands above them', () => {
  const busyOnce = { attempts: 3, outcomes: { busy: 1, no_answer: 2 } };
  expect(retryAt(defaultRetryPolicy, MANY, busyOnce, 'busy', endedAt)).not.toBeNull();
  expect(retryAt(defaultRetryPolicy, 3, busyOnce, 'busy', endedAt)).toBeNull();
});

test('a policy names every outcome that may be retried, and no other', () => {
  expect(retryPolicy.safeParse(defaultRetryPolicy).success).toBe(true);
  expect(
    retryPolicy.safeParse({ ...defaultRetryPolicy, answered: { afterSeconds: 60, upTo: 2 } }).success,
  ).toBe(false);
  const { busy: _, ...withoutBusy } = defaultRetryPolicy;
  expect(retryPolicy.safeParse(withoutBusy).success).toBe(false);
  expect(retryPolicy.safeParse({ ...defaultRetryPolicy, busy: { afterSeconds: 0, upTo: 1 } }).success).toBe(
    false,
  );
});

test('I9: the next time is never before the end of the attempt, and ends for good at the cap', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...retryableDispositions), { maxLength: 200 }), (sequence) => {
      const outcomes: Partial<Record<Disposition, number>> = {};
      let attempts = 0;
      for (const disposition of sequence) {
        outcomes[disposition] = (outcomes[disposition] ?? 0) + 1;
        attempts += 1;
        const at = retryAt(defaultRetryPolicy, 8, { attempts, outcomes }, disposition, endedAt);
        if (at) expect(at.getTime()).toBeGreaterThan(endedAt.getTime());
        if (attempts >= 8) expect(at).toBeNull();
      }
    }),
  );
});
