import type { Logger } from 'pino';
import { JUDGED_TURNS, type Pace, fullPace, p95, stepPace } from '../campaign/pace.ts';

/** What a machine that is slower than it should be has come to. */
export interface PaceMetrics {
  /** Of the last answers; NaN before the first. */
  readonly turnP95Seconds: number;
  /** How many conversations may go on at once, by the target of their campaigns. */
  readonly talksAllowed: ReadonlyMap<number, number>;
}

/** Keeps how many conversations may go on at once: as many as the slots, fewer while answers come too late. */
export interface Paces {
  /** An agent has answered; whatever its campaign, it tells how fast the machine is. */
  readonly turnTook: (seconds: number) => void;
  /** For campaigns that want their answers within this time. */
  readonly talksAllowed: (targetMs: number) => number;
  readonly read: () => PaceMetrics;
}

/** Begins with all slots; `slots` is how many conversations the machine was measured to hold. */
export function keepPaces({ slots, log }: { readonly slots: number; readonly log: Logger }): Paces {
  const paces = new Map<number, Pace>();
  let last: readonly number[] = [];

  return {
    turnTook(seconds) {
      const tookMs = seconds * 1000;
      last = [...last, tookMs].slice(-JUDGED_TURNS);
      for (const [targetMs, pace] of paces) {
        const next = stepPace(pace, tookMs, { slots, targetMs });
        paces.set(targetMs, next);
        const facts = { targetMs, p95Ms: p95(last), from: pace.talks, to: next.talks };
        if (next.talks < pace.talks) log.warn(facts, 'answers come too late: fewer conversations at once');
        if (next.talks > pace.talks) log.info(facts, 'answers come in time: one more conversation at once');
      }
    },
    talksAllowed(targetMs) {
      const pace = paces.get(targetMs) ?? fullPace(slots);
      paces.set(targetMs, pace);
      return pace.talks;
    },
    read: () => ({
      turnP95Seconds: p95(last) / 1000,
      talksAllowed: new Map([...paces].map(([targetMs, { talks }]) => [targetMs, talks])),
    }),
  };
}
