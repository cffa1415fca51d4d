import type { Trail } from '../call/cause.ts';
import type { Disposition } from '../call/disposition.ts';

/**
 * Keeps a list from being burned on a carrier that takes no calls (F10, F11), or that says of every number that it
 * does not exist (F12).
 *
 *   accused ◄─ many unknown in a row ─ closed ─ many fail in a row ─► open ─ its time is up, one is placed ─► probing
 *                                      ▲  ▲                           │ ▲                                      │ │
 *                                      │  └──── a call gets through ──┘ └───── it fails: wait twice as long ───┘ │
 *                                      └───────────────── a call gets through ───────────────────────────────────┘
 *
 * Out of `accused` only an operator leads, who has put the trunk right.
 */
export type TrunkBreaker =
  | { readonly state: 'closed'; readonly failed: number; readonly unknown: readonly string[] }
  | { readonly state: 'open'; readonly until: number; readonly waitMs: number }
  | { readonly state: 'probing'; readonly attemptId: string; readonly waitMs: number }
  | { readonly state: 'accused' };

/**
 * What the end of a call says about its trunk: it reached somebody, the network failed before anything rang, or the
 * number does not exist.
 */
export type TrunkSign = 'through' | 'failed' | 'unknown';

/** Times are milliseconds on any one clock. */
export type BreakerEvent =
  | { readonly type: 'placed'; readonly attemptId: string }
  | {
      readonly type: 'ended';
      readonly attemptId: string;
      /** Null where the end was our own doing. */
      readonly sign: TrunkSign | null;
      readonly at: number;
    };

/** A trunk that nothing is known against. */
export const closedBreaker: TrunkBreaker = { state: 'closed', failed: 0, unknown: [] };

/** So many calls in a row that failed before they rang say that the carrier is down. */
export const FAILED_RUN = 10;
/** Of a list in which every second number is dead, one stretch in a million is this bad by chance. */
export const UNKNOWN_RUN = 20;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 600_000;

/**
 * Advances a breaker by one event. `accused` are the attempts whose numbers were called unknown, when so many in a row
 * were that the trunk is at fault, not the numbers.
 */
export function stepBreaker(
  breaker: TrunkBreaker,
  event: BreakerEvent,
): { readonly next: TrunkBreaker; readonly accused?: readonly string[] } {
  if (event.type === 'placed') {
    if (breaker.state !== 'open') return { next: breaker };
    return { next: { state: 'probing', attemptId: event.attemptId, waitMs: breaker.waitMs } };
  }
  const { sign, at, attemptId } = event;
  switch (breaker.state) {
    case 'closed':
      return endedWhileClosed(breaker, event);
    case 'accused':
      // Calls that were under way say the same, and are as wrong.
      return sign === 'unknown' ? { next: breaker, accused: [attemptId] } : { next: breaker };
    case 'open':
      return { next: sign === 'through' ? closedBreaker : breaker };
    case 'probing': {
      if (sign === 'through') return { next: closedBreaker };
      if (attemptId !== breaker.attemptId) return { next: breaker };
      if (sign === null) return { next: { state: 'open', until: at, waitMs: breaker.waitMs } };
      const waitMs = Math.min(2 * breaker.waitMs, LONGEST_WAIT_MS);
      return { next: { state: 'open', until: at + waitMs, waitMs } };
    }
  }
}

function endedWhileClosed(
  breaker: Extract<TrunkBreaker, { state: 'closed' }>,
  { sign, at, attemptId }: Extract<BreakerEvent, { type: 'ended' }>,
): ReturnType<typeof stepBreaker> {
  if (sign === null) return { next: breaker };
  if (sign === 'through') return { next: closedBreaker };
  const failed = breaker.failed + (sign === 'failed' ? 1 : 0);
  const unknown = sign === 'unknown' ? [...breaker.unknown, attemptId] : breaker.unknown;
  if (unknown.length >= UNKNOWN_RUN) return { next: { state: 'accused' }, accused: unknown };
  if (failed < FAILED_RUN) return { next: { state: 'closed', failed, unknown } };
  return { next: { state: 'open', until: at + FIRST_WAIT_MS, waitMs: FIRST_WAIT_MS } };
}

/** How many calls may be placed on the trunk now. */
export function roomOf(breaker: TrunkBreaker, now: number): number {
  if (breaker.state === 'closed') return Infinity;
  return breaker.state === 'open' && now >= breaker.until ? 1 : 0;
}

/** What a call's end says about its trunk. */
export function signOf(disposition: Disposition, trail: Trail | null): TrunkSign | null {
  if (!trail) return null;
  if (trail.ringingAt || trail.progressAt || trail.answeredAt) return 'through';
  return signs[disposition] ?? null;
}

/** Of calls that never rang. */
const signs: Partial<Record<Disposition, TrunkSign>> = {
  busy: 'through',
  no_answer: 'through',
  rejected: 'through',
  invalid_number: 'unknown',
  network_error: 'failed',
};
