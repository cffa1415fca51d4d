/** How many conversations may go on at once, and how long the answers since the last decision on it took. */
export interface Pace {
  readonly talks: number;
  readonly turnsMs: readonly number[];
}

/** So many answers are judged together; those after a change show what it has brought. */
export const JUDGED_TURNS = 20;

/** The pace of a machine that has not shown yet that it is slower than its slots say. */
export const fullPace = (slots: number): Pace => ({ talks: slots, turnsMs: [] });

/**
 * Takes the time from a callee's last sound to the agent's answer. Of every so many answers the p95 is looked at: above
 * the target the conversations are halved, else one more is let in, up to `slots`. One always may go on: without it
 * nothing would ever show that the machine is fast again.
 */
export function stepPace(
  { talks, turnsMs }: Pace,
  tookMs: number,
  { slots, targetMs }: { readonly slots: number; readonly targetMs: number },
): Pace {
  const judged = [...turnsMs, tookMs];
  if (judged.length < JUDGED_TURNS) return { talks, turnsMs: judged };
  const next = p95(judged) > targetMs ? Math.floor(talks / 2) : talks + 1;
  return { talks: Math.min(slots, Math.max(1, next)), turnsMs: [] };
}

/** The time that 95 of 100 did not exceed; NaN for none. */
export function p95(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? NaN;
}
