import type { FinalDisposition } from '../call/disposition.ts';
import type { CalleeZones } from '../schedule/callee-zones.ts';
import { mayCall, nextOpening } from '../schedule/may-call.ts';
import type { Windows } from '../schedule/windows.ts';

/** What is known about a number at the moment of the decision, read under the number's lock. */
export interface DialFacts {
  readonly number: string;
  /** When the INVITE would be sent, by the database's clock. */
  readonly now: Date;
  /** The number stands in its country's numbering plan and is of a kind that may be rung. */
  readonly dialable: boolean;
  readonly dnc: boolean;
  /** Another attempt to the same number is under way, in whichever campaign (I1). */
  readonly live: boolean;
  /** Attempts that count, across campaigns (I8). */
  readonly lastAttemptAt: Date | null;
  readonly attemptsPerDay: number;
  readonly firstOfDayAt: Date | null;
  readonly callee: CalleeZones;
}

export interface DialRules {
  readonly windows: Windows;
  readonly minGapS: number;
  readonly maxPerDay: number | null;
  /** E.164 prefixes that the trunk may dial; none means nothing. */
  readonly allowedPrefixes: readonly string[];
}

/** Why a number is not dialed now, or not at all. */
export type Obstacle =
  | 'dnc'
  | 'number_invalid'
  | 'destination_not_allowed'
  | 'zone_unknown'
  | 'window_never_opens'
  | 'live_elsewhere'
  | 'minimum_gap'
  | 'daily_cap'
  | 'window_closed';

export type DialDecision =
  | { readonly verdict: 'dial' }
  | { readonly verdict: 'hold'; readonly because: Obstacle; readonly until: Date }
  | { readonly verdict: 'refuse'; readonly because: Obstacle; readonly disposition: FinalDisposition };

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a lead steps aside while its number is in another call. */
const LIVE_ELSEWHERE_MS = 30_000;

/**
 * Whether to dial a number now. When unsure the answer is no: what can pass is held until it may have passed, what
 * cannot is refused for good.
 */
export function decideDial(rules: DialRules, facts: DialFacts): DialDecision {
  const { now, callee } = facts;
  if (facts.dnc) return refuse('dnc', 'dnc_listed');
  if (!facts.dialable) return refuse('number_invalid', 'invalid_number');
  if (!rules.allowedPrefixes.some((prefix) => facts.number.startsWith(prefix))) {
    return refuse('destination_not_allowed', 'not_allowed');
  }
  if (callee.zones.length === 0) return refuse('zone_unknown', 'not_allowed');

  if (facts.live) return hold('live_elsewhere', new Date(now.getTime() + LIVE_ELSEWHERE_MS));
  const gapEndsAt = (facts.lastAttemptAt?.getTime() ?? -Infinity) + rules.minGapS * 1000;
  if (gapEndsAt > now.getTime()) return hold('minimum_gap', new Date(gapEndsAt));
  if (rules.maxPerDay !== null && facts.attemptsPerDay >= rules.maxPerDay) {
    return hold('daily_cap', new Date((facts.firstOfDayAt ?? now).getTime() + DAY_MS));
  }
  if (mayCall(rules.windows, callee.zones, now).allowed) return { verdict: 'dial' };
  const opening = nextOpening(rules.windows, callee.zones, now);
  return opening ? hold('window_closed', opening) : refuse('window_never_opens', 'not_allowed');
}

const hold = (because: Obstacle, until: Date): DialDecision => ({ verdict: 'hold', because, until });
const refuse = (because: Obstacle, disposition: FinalDisposition): DialDecision => ({
  verdict: 'refuse',
  because,
  disposition,
});
