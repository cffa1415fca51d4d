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
  /** What agents' models wanted to do and were not allowed to. */
  readonly actionsIgnored: number;
  /** From the end of a callee's speech to the first of the agent's answer. */
  readonly turnSeconds: Histogram;
}

/** Counts what the dialer and the agents do. */
export interface Meter {
  attemptEnded(disposition: Disposition): void;
  actionIgnored(): void;
  claimTook(seconds: number): void;
  turnTook(seconds: number): void;
  read(): Metrics;
}

const CLAIM_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

const TURN_BOUNDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 10];

/** A meter that stands at zero. */
export function createMeter(): Meter {
  const attemptsEnded = new Map<Disposition, number>();
  const claims = histogram(CLAIM_BOUNDS);
  const turns = histogram(TURN_BOUNDS);
  let ignored = 0;
  return {
    actionIgnored: () => void (ignored += 1),
    attemptEnded(disposition) {
      attemptsEnded.set(disposition, (attemptsEnded.get(disposition) ?? 0) + 1);
    },
    claimTook: claims.observe,
    turnTook: turns.observe,
    read: () => ({
      attemptsEnded,
      actionsIgnored: ignored,
      claimSeconds: claims.read(),
      turnSeconds: turns.read(),
    }),
  };
}

function histogram(bounds: readonly number[]): {
  readonly observe: (value: number) => void;
  readonly read: () => Histogram;
} {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  let sum = 0;
  return {
    observe(value) {
      const bucket = bounds.findIndex((bound) => value <= bound);
      const at = bucket < 0 ? bounds.length : bucket;
      counts[at] = (counts[at] ?? 0) + 1;
      sum += value;
    },
    read: () => ({ bounds, counts, sum }),
  };
}
