import type { AnswerClass, AnswerEvidence } from '../answer/verdict.ts';
import type { Disposition } from './disposition.ts';

/** Why we ended a call ourselves. */
export type HangUpReason =
  | 'done'
  | 'operator'
  | 'dnc'
  | 'campaign'
  | 'no_audio'
  | 'too_long'
  | 'ring_timeout'
  | 'shutdown'
  | 'failure';

/** What the PBX told of a channel's end: a Q.850 cause and, where the carrier said one, the SIP status. */
export interface HangupCause {
  readonly q850: number;
  readonly sip?: number;
}

/** Who or what answered, by ear; `atMs` counts from the answer, or from the first early media. */
export interface Verdict {
  readonly class: AnswerClass;
  readonly phase: 'early' | 'answered';
  readonly atMs: number;
  readonly margin: number;
  readonly evidence: AnswerEvidence;
}

/** What a callee and the agent have agreed on, or that they are not the one who was to be called. */
export type Agreement =
  | { readonly type: 'neverAgain' }
  | { readonly type: 'wrongPerson' }
  | { readonly type: 'callback'; readonly at: Date };

/** All that was seen of a call; every raw value is kept, so that its disposition can be computed anew. */
export interface Trail {
  readonly dialedAt: Date;
  readonly ringingAt?: Date;
  readonly progressAt?: Date;
  readonly answeredAt?: Date;
  readonly greetingHeard?: boolean;
  /** The last one: verdicts may be revised. */
  readonly verdict?: Verdict;
  /** Something screens calls, and has been told who calls and why. */
  readonly screening?: Verdict;
  readonly messageLeft?: boolean;
  /** Whether the callee was heard to speak after the greeting. */
  readonly calleeSpoke?: boolean;
  readonly agreement?: Agreement;
  /** The id of the target to whom the callee was put through. */
  readonly handedOverTo?: string;
  /** What ARI said before the channel ended; absent on the PBX's own ring timeout after a plain originate. */
  readonly hangupRequest?: HangupCause;
  readonly destroyed?: HangupCause;
  /** Our own reason, when we hung up first. */
  readonly hungUpBecause?: HangUpReason;
  readonly endedAt?: Date;
  readonly sipCallId?: string;
}

/** A callee who leaves this soon after answering has not heard what the call is about. */
const EARLY_MS = 3000;

/** RFC 3261 §21, RFC 8197 (607), RFC 8688 (608), RFC 8224 (428, 436–438), RFC 5079 (433). */
const bySipCode: Readonly<Record<number, Disposition>> = {
  401: 'trunk_fault',
  403: 'trunk_fault',
  404: 'invalid_number',
  407: 'trunk_fault',
  410: 'invalid_number',
  428: 'trunk_fault',
  433: 'trunk_fault',
  436: 'trunk_fault',
  437: 'trunk_fault',
  438: 'trunk_fault',
  480: 'no_answer',
  484: 'invalid_number',
  485: 'invalid_number',
  486: 'busy',
  487: 'no_answer',
  600: 'busy',
  603: 'rejected',
  604: 'invalid_number',
  607: 'rejected',
  608: 'blocked',
};

/** ITU-T Q.850 causes, for ends without a SIP status; those not named mean the network. */
const byQ850: Readonly<Record<number, Disposition>> = {
  1: 'invalid_number',
  17: 'busy',
  18: 'no_answer',
  19: 'no_answer',
  20: 'no_answer',
  21: 'rejected',
  22: 'invalid_number',
  28: 'invalid_number',
};

const byOwnReason: Readonly<Record<Exclude<HangUpReason, 'ring_timeout'>, Disposition>> = {
  done: 'cancelled',
  operator: 'cancelled',
  campaign: 'cancelled',
  shutdown: 'cancelled',
  too_long: 'cancelled',
  failure: 'lost_app',
  no_audio: 'no_audio',
  dnc: 'dnc_listed',
};

/** What a class of answer means; null leaves the decision to the rest of the trail. */
const byVerdict: Readonly<Record<AnswerClass, Disposition | null>> = {
  human: null,
  unknown: null,
  voicemail: 'voicemail',
  mailbox_full: 'voicemail',
  call_screening: 'voicemail',
  ivr: 'voicemail',
  fax_modem: 'fax',
  sit_intercept: 'invalid_number',
  sit_vacant: 'invalid_number',
  sit_reorder: 'network_error',
  sit_no_circuit: 'network_error',
  ringback_after_answer: 'no_answer',
  busy_after_answer: 'busy',
  silence: null,
};

/**
 * What a placed call meant. The order of evidence: our own reason, then the tones of the network's announcement, then
 * what the carrier said, then the Q.850 cause with the progress seen.
 *
 * A SIP status counts only when the PBX announced it in a hangup request on a call that was never answered nor ended
 * by us: it makes up 480 and 486 for its own timeouts and cancels.
 */
export function dispositionOf(trail: Trail): Disposition {
  if (trail.answeredAt) return ofAnswered(trail, trail.answeredAt);
  const heardOf = trail.ringingAt !== undefined || trail.progressAt !== undefined;
  const because = trail.hungUpBecause;
  if (because && because !== 'ring_timeout') return byOwnReason[because];
  const announced = trail.verdict && byVerdict[trail.verdict.class];
  if (announced) return announced;

  const sip = because ? undefined : trail.hangupRequest?.sip;
  if (sip === undefined) {
    // Nobody said anything: the ring timeout, ours or the PBX's. A carrier that never rang is a carrier fault.
    const q850 = trail.destroyed?.q850 ?? 0;
    if (because || q850 === 0 || q850 === 16 || q850 === 19) return heardOf ? 'no_answer' : 'network_error';
    return byQ850[q850] ?? 'network_error';
  }
  if (sip === 408) return heardOf ? 'no_answer' : 'network_error';
  return bySipCode[sip] ?? 'network_error';
}

function ofAnswered(trail: Trail, answeredAt: Date): Disposition {
  if (trail.hungUpBecause === 'no_audio') return 'no_audio';
  if (trail.hungUpBecause === 'dnc' || trail.agreement?.type === 'neverAgain') return 'dnc_request';
  if (trail.agreement) return trail.agreement.type === 'wrongPerson' ? 'wrong_person' : 'callback';
  if (trail.handedOverTo !== undefined) return 'transferred';
  if (trail.hungUpBecause === 'failure') return 'lost_app';
  // Nobody made a sound, neither during the greeting nor after it.
  if (trail.verdict?.class === 'silence' && !trail.calleeSpoke) return 'no_audio';
  const heard = trail.verdict && byVerdict[trail.verdict.class];
  if (heard) return heard;
  const talkMs = (trail.endedAt?.getTime() ?? answeredAt.getTime()) - answeredAt.getTime();
  if (!trail.hungUpBecause && !trail.greetingHeard && talkMs < EARLY_MS) return 'hung_up_early';
  return 'answered';
}
