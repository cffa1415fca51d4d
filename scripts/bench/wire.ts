/** Who spoke when, read from the two sides of a call as the far end recorded them. */

import type { Stretch } from '../stretches.ts';

/** How long what was measured took. */
export interface WireTurn {
  /** When the callee fell silent. */
  readonly endMs: number;
  /** From then until the agent was heard, be it with a filler; null where it spoke already, or never again. */
  readonly answeredMs: number | null;
}

export const RECORDING_RATE = 8000;
/** A sentence goes on over pauses shorter than this. */
export const PAUSE_MS = 700;
/** An agent that is silent for this long has stopped. */
export const STOP_MS = 400;

/** The end of each of the callee's turns, and how long the agent took. The first is the hello. */
export function wireTurns(callee: readonly Stretch[], agent: readonly Stretch[]): readonly WireTurn[] {
  return callee.map(({ untilMs }, index) => {
    const next = callee[index + 1]?.fromMs ?? Infinity;
    const talksOver = agent.some((stretch) => stretch.fromMs <= untilMs && stretch.untilMs > untilMs);
    const answer = agent.find(({ fromMs }) => fromMs > untilMs && fromMs < next);
    return { endMs: untilMs, answeredMs: talksOver || !answer ? null : answer.fromMs - untilMs };
  });
}

/** How long the agent went on whenever the callee began to speak into its turn. */
export function bargeIns(callee: readonly Stretch[], agent: readonly Stretch[]): readonly number[] {
  return callee.flatMap(({ fromMs }) => {
    const spoken = agent.find((stretch) => stretch.fromMs < fromMs && stretch.untilMs > fromMs);
    return spoken ? [spoken.untilMs - fromMs] : [];
  });
}
