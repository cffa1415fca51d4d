import type { Disposition } from '../call/disposition.ts';

/** Observations counted by size, as Prometheus does: `counts[i]` are those up to `bounds[i]`, the last all others. */
export interface Histogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

/** What this process has counted since its start. */
export interface Metrics {
  readonly attemptsEnded: ReadonlyMap<Disposition, number>;
  readonly claimSeconds: Histogram;
}

/** Counts what the dialer does. */
export interface Meter {
  attemptEnded(disposition: Disposition): void;
  claimTook(seconds: number): void;
  read(): Metrics;
}

const CLAIM_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** A meter that stands at zero. */
export function createMeter(): Meter {
  const attemptsEnded = new Map<Disposition, number>();
  const counts = Array.from({ length: CLAIM_BOUNDS.length + 1 }, () => 0);
  let sum = 0;
  return {
    attemptEnded(disposition) {
      attemptsEnded.set(disposition, (attemptsEnded.get(disposition) ?? 0) + 1);
    },
    claimTook(seconds) {
      const bucket = CLAIM_BOUNDS.findIndex((bound) => seconds <= bound);
      const at = bucket < 0 ? CLAIM_BOUNDS.length : bucket;
      counts[at] = (counts[at] ?? 0) + 1;
      sum += seconds;
    },
    read: () => ({ attemptsEnded, claimSeconds: { bounds: CLAIM_BOUNDS, counts, sum } }),
  };
}
