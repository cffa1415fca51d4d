import type { Disposition } from '../../src/call/disposition.ts';
import { type RetryPolicy, defaultRetryPolicy } from '../../src/campaign/retry.ts';
import type { FarEndCode } from '../../src/native/far-end.ts';

const soon = (upTo: number): { afterSeconds: number; upTo: number } => ({ afterSeconds: 2, upTo });

/** The mission's counts with delays of seconds, so that a demo sees its retries: an ordinary setting. */
export const demoRetry: RetryPolicy = {
  ...defaultRetryPolicy,
  voicemail: soon(3),
  no_answer: soon(3),
  busy: soon(5),
  network_error: soon(3),
  rejected: soon(3),
  hung_up_early: soon(3),
  no_audio: soon(3),
  not_placed: soon(100),
};

/** What each behaviour of the far end must come to, and after how many attempts under `demoRetry`. */
export const expectations: Readonly<
  Partial<Record<FarEndCode, { disposition: Disposition; attempts: number }>>
> = {
  '01': { disposition: 'answered', attempts: 1 },
  '02': { disposition: 'answered', attempts: 1 },
  '03': { disposition: 'dnc_request', attempts: 1 },
  '04': { disposition: 'hung_up_early', attempts: 3 },
  '05': { disposition: 'no_audio', attempts: 3 },
  '10': { disposition: 'voicemail', attempts: 3 },
  '11': { disposition: 'fax', attempts: 1 },
  '12': { disposition: 'invalid_number', attempts: 1 },
  '13': { disposition: 'no_answer', attempts: 3 },
  '14': { disposition: 'busy', attempts: 5 },
  '20': { disposition: 'no_answer', attempts: 3 },
  '21': { disposition: 'rejected', attempts: 3 },
  '22': { disposition: 'network_error', attempts: 3 },
  '41': { disposition: 'invalid_number', attempts: 1 },
  '44': { disposition: 'invalid_number', attempts: 1 },
  '50': { disposition: 'network_error', attempts: 3 },
  '53': { disposition: 'network_error', attempts: 3 },
  '63': { disposition: 'rejected', attempts: 3 },
  '80': { disposition: 'no_answer', attempts: 3 },
  '84': { disposition: 'invalid_number', attempts: 1 },
  '86': { disposition: 'busy', attempts: 5 },
};
