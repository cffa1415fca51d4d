import {
  type BreakerEvent,
  type TrunkBreaker,
  closedBreaker,
  roomOf,
  signOf,
  stepBreaker,
} from '../campaign/trunk-breaker.ts';
import type { Finished } from '../db/finish.ts';

/** The breakers of all trunks, on the clock of `performance.now()`; a restart closes them. */
export interface Breakers {
  /** How many calls may be placed on a trunk now. */
  room(trunkId: string): number;
  /** Whether nothing is known against the trunk, or it is time to try it. */
  isWell(trunkId: string): boolean;
  /** The trunk was changed: nothing is known against it now. */
  reset(trunkId: string): void;
  placed(trunkId: string, attemptId: string): void;
  /** Whether the breaker has opened, and the attempts whose numbers the trunk wrongly called unknown. */
  ended(finished: Finished): { readonly opened: boolean; readonly accused?: readonly string[] };
}

export function createBreakers(): Breakers {
  const breakers = new Map<string, TrunkBreaker>();
  const of = (trunkId: string): TrunkBreaker => breakers.get(trunkId) ?? closedBreaker;
  const room = (trunkId: string): number => roomOf(of(trunkId), performance.now());

  function step(trunkId: string, event: BreakerEvent): ReturnType<Breakers['ended']> {
    const before = of(trunkId);
    const { next, ...rest } = stepBreaker(before, event);
    breakers.set(trunkId, next);
    return { opened: next.state === 'open' && before.state !== 'open', ...rest };
  }

  return {
    room,
    isWell: (trunkId) => of(trunkId).state === 'probing' || room(trunkId) > 0,
    reset: (trunkId) => void breakers.delete(trunkId),
    placed: (trunkId, attemptId) => void step(trunkId, { type: 'placed', attemptId }),
    ended: ({ trunkId, end: { attemptId, disposition, trail } }) =>
      step(trunkId, { type: 'ended', attemptId, sign: signOf(disposition, trail), at: performance.now() }),
  };
}
