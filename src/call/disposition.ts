/** Dispositions after which a lead is never dialed again (I9). */
export const finalDispositions = [
  'answered',
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
