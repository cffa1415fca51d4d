/** What the words of an answered call may make of its disposition, once it is over. */
export const refinedDispositions = ['interested', 'refused', 'callback_wanted', 'wrong_person'] as const;

/** Dispositions after which a lead is never dialed again (I9). */
export const finalDispositions = [
  'answered',
  ...refinedDispositions,
  'transferred',
  'fax',
  'invalid_number',
  'dnc_request',
  'dnc_listed',
  'not_allowed',
] as const;

/** Dispositions that a retry policy has a rule for. */
export const retryableDispositions = [
  'voicemail',
  'no_answer',
  'busy',
  'rejected',
  'hung_up_early',
  'no_audio',
  'network_error',
  'blocked',
  'trunk_fault',
  'cancelled',
  'not_placed',
  'lost_app',
  'lost_pbx',
] as const;

/** Dispositions whose next attempt was agreed with the callee, whatever the retry policy says. */
export const promisedDispositions = ['callback'] as const;

export type RefinedDisposition = (typeof refinedDispositions)[number];
export type FinalDisposition = (typeof finalDispositions)[number];
export type RetryableDisposition = (typeof retryableDispositions)[number];
/** What an attempt meant; the rows of the table `dispositions`. */
export type Disposition = FinalDisposition | RetryableDisposition | (typeof promisedDispositions)[number];

/** Whether the lead is done whatever its policy says (I9). */
export const isFinal = (disposition: Disposition): disposition is FinalDisposition =>
  (finalDispositions as readonly Disposition[]).includes(disposition);

/** Whether the next time was agreed with the callee. */
export const isPromised = (disposition: Disposition): disposition is (typeof promisedDispositions)[number] =>
  (promisedDispositions as readonly Disposition[]).includes(disposition);

/** A line that broke: the callee may be rung again, unless they have said that it makes no sense. */
const cutShort: ReadonlySet<Disposition> = new Set(['hung_up_early', 'lost_app', 'lost_pbx', 'cancelled']);
const noSense: ReadonlySet<Disposition> = new Set(['refused', 'wrong_person']);

/**
 * What the words make of a disposition; null leaves it as it is. What was agreed in the call or recognised there stands,
 * and nothing is ever refined into something that is dialed again.
 */
export function refine(disposition: Disposition, words: RefinedDisposition): RefinedDisposition | null {
  if (disposition === 'answered') return words;
  return cutShort.has(disposition) && noSense.has(words) ? words : null;
}
