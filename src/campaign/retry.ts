import { z } from 'zod';
import {
  type Disposition,
  type RetryableDisposition,
  isFinal,
  isPromised,
  retryableDispositions,
} from '../call/disposition.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Ring again this long after an attempt that ended in this disposition, until it has ended so `upTo` times. */
export const retryRule = z.strictObject({
  afterSeconds: z
    .int()
    .min(1)
    .max(366 * 24 * HOUR),
  upTo: z.int().min(1).max(100),
});
export type RetryRule = z.infer<typeof retryRule>;

/** A campaign's policy: a rule, or null (no retry), for each disposition that may be retried at all. */
export const retryPolicy = z.record(z.enum(retryableDispositions), retryRule.nullable());
export type RetryPolicy = Readonly<Record<RetryableDisposition, RetryRule | null>>;

const asNoAnswer: RetryRule = { afterSeconds: 24 * HOUR, upTo: 3 };
const asNetworkError: RetryRule = { afterSeconds: 30 * MINUTE, upTo: 3 };
/** The fault is ours, not the contact's: soon again, while the trunk's own pause keeps the line quiet. */
const ourFault: RetryRule = { afterSeconds: 5 * MINUTE, upTo: 100 };

/** The mission's table; the rows that it does not name follow the row that they resemble. */
export const defaultRetryPolicy: RetryPolicy = {
  voicemail: { afterSeconds: 24 * HOUR, upTo: 3 },
  no_answer: { afterSeconds: 24 * HOUR, upTo: 3 },
  busy: { afterSeconds: HOUR, upTo: 5 },
  network_error: { afterSeconds: 30 * MINUTE, upTo: 3 },
  rejected: asNoAnswer,
  hung_up_early: asNoAnswer,
  no_audio: asNetworkError,
  blocked: null,
  trunk_fault: ourFault,
  cancelled: asNoAnswer,
  not_placed: ourFault,
  lost_app: asNetworkError,
  lost_pbx: asNetworkError,
};

/** What a lead has behind it, the attempt just ended included. */
export interface LeadHistory {
  /** Attempts that count against the lead's caps (the flag `counts` of their dispositions). */
  readonly attempts: number;
  readonly outcomes: Readonly<Partial<Record<Disposition, number>>>;
}

/**
 * The earliest time of a lead's next attempt, before the calling window is looked at; null when the policy has none: a
 * final or promised disposition, no rule for it, the rule's count or the campaign's cap reached.
 */
export function retryAt(
  policy: RetryPolicy,
  maxAttempts: number,
  lead: LeadHistory,
  disposition: Disposition,
  endedAt: Date,
): Date | null {
  if (isFinal(disposition) || isPromised(disposition) || lead.attempts >= maxAttempts) return null;
  const rule = policy[disposition];
  if (!rule || (lead.outcomes[disposition] ?? 0) >= rule.upTo) return null;
  return new Date(endedAt.getTime() + rule.afterSeconds * 1000);
}
