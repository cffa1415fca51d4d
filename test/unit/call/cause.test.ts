import { describe, expect, test } from 'vitest';
import { type HangUpReason, type Trail, dispositionOf } from '../../../src/call/cause.ts';
import type { AnswerClass } from '../../../src/answer/verdict.ts';
import type { Disposition } from '../../../src/call/disposition.ts';
import { carrierAnswers } from '../../support/carrier-answers.ts';

const dialedAt = new Date('2026-11-24T10:00:00Z');
const after = (seconds: number): Date => new Date(dialedAt.getTime() + seconds * 1000);
const ringing = { ringingAt: after(1) };

describe('the carrier refuses', () => {
  test.each(carrierAnswers)('%i (cause %i) → %s, after ringing %s', (sip, q850, atOnce, afterRinging) => {
    const trail: Trail = {
      dialedAt,
      hangupRequest: { q850, sip },
      destroyed: { q850, sip },
      endedAt: after(5),
    };
    expect(dispositionOf(trail)).toBe(atOnce);
    expect(dispositionOf({ ...trail, ...ringing })).toBe(afterRinging);
  });
});

/** Statuses that Asterisk makes up: no carrier ever said them. */
const traps: [string, Partial<Trail>, Disposition][] = [
  [
    'ring timeout, no hangup request: synthetic 480',
    { ...ringing, destroyed: { q850: 19, sip: 480 } },
    'no_answer',
  ],
  ['the same with a carrier that never rang', { destroyed: { q850: 19, sip: 480 } }, 'network_error'],
  [
    'ring timeout after create and dial: cause 32, no status',
    { ...ringing, hangupRequest: { q850: 32 }, destroyed: { q850: 19, sip: 480 } },
    'no_answer',
  ],
  [
    'early media, then the ring timeout',
    { progressAt: after(1), destroyed: { q850: 19, sip: 480 } },
    'no_answer',
  ],
  [
    'our cancel with reason busy: synthetic 486',
    { ...ringing, hungUpBecause: 'operator', hangupRequest: { q850: 32 }, destroyed: { q850: 17, sip: 486 } },
    'cancelled',
  ],
  [
    'a carrier 480 that crossed our cancel',
    { hungUpBecause: 'dnc', hangupRequest: { q850: 19, sip: 480 }, destroyed: { q850: 19, sip: 480 } },
    'dnc_listed',
  ],
  ['our own ring timer', { ...ringing, hungUpBecause: 'ring_timeout', destroyed: { q850: 16 } }, 'no_answer'],
  [
    'our own ring timer, silent carrier',
    { hungUpBecause: 'ring_timeout', destroyed: { q850: 16 } },
    'network_error',
  ],
  [
    'callee hangs up, cause 0',
    { answeredAt: after(5), destroyed: { q850: 0 }, endedAt: after(30) },
    'answered',
  ],
  [
    'BYE with Reason 31: synthetic 480',
    { answeredAt: after(5), destroyed: { q850: 31, sip: 480 }, endedAt: after(30) },
    'answered',
  ],
  [
    'callee hangs up after two seconds',
    { answeredAt: after(5), destroyed: { q850: 16 }, endedAt: after(7) },
    'hung_up_early',
  ],
  [
    'the same, but the greeting was heard',
    { answeredAt: after(5), greetingHeard: true, endedAt: after(7) },
    'answered',
  ],
  [
    'we end it soon after the answer',
    { answeredAt: after(5), hungUpBecause: 'done', endedAt: after(6) },
    'answered',
  ],
  ['no cause at all', { ...ringing }, 'no_answer'],
];
test.each(traps)('%s', (_, trail, disposition) => {
  expect(dispositionOf({ dialedAt, endedAt: after(40), ...trail })).toBe(disposition);
});

test('a callee who is silent through a long greeting and then speaks has answered', () => {
  const evidence = { because: 'silence', features: {}, human: null, tones: [], phrase: null } as const;
  const verdict = { class: 'silence', phase: 'answered', atMs: 8000, margin: 1, evidence } as const;
  const trail: Trail = { dialedAt, ...ringing, answeredAt: after(5), verdict, hungUpBecause: 'done' };
  expect(dispositionOf({ ...trail, calleeSpoke: true })).toBe('answered');
  expect(dispositionOf({ ...trail, calleeSpoke: false })).toBe('no_audio');
});

const q850: [number, Disposition][] = [
  [1, 'invalid_number'],
  [16, 'no_answer'],
  [17, 'busy'],
  [18, 'no_answer'],
  [19, 'no_answer'],
  [20, 'no_answer'],
  [21, 'rejected'],
  [22, 'invalid_number'],
  [27, 'network_error'],
  [28, 'invalid_number'],
  [34, 'network_error'],
  [38, 'network_error'],
  [41, 'network_error'],
  [42, 'network_error'],
  [58, 'network_error'],
  [102, 'network_error'],
  [127, 'network_error'],
];
test.each(q850)('Q.850 cause %i alone, after ringing → %s', (cause, disposition) => {
  expect(dispositionOf({ dialedAt, ...ringing, destroyed: { q850: cause } })).toBe(disposition);
});

const own: Record<HangUpReason, [beforeAnswer: Disposition, afterAnswer: Disposition]> = {
  done: ['cancelled', 'answered'],
  operator: ['cancelled', 'answered'],
  campaign: ['cancelled', 'answered'],
  shutdown: ['cancelled', 'answered'],
  too_long: ['cancelled', 'answered'],
  failure: ['lost_app', 'lost_app'],
  no_audio: ['no_audio', 'no_audio'],
  dnc: ['dnc_listed', 'dnc_request'],
  ring_timeout: ['no_answer', 'answered'],
};
test.each(Object.entries(own))('we hang up: %s', (reason, [before, answered]) => {
  const trail: Trail = { dialedAt, ...ringing, hungUpBecause: reason as HangUpReason, endedAt: after(20) };
  expect(dispositionOf(trail)).toBe(before);
  expect(dispositionOf({ ...trail, answeredAt: after(8) })).toBe(answered);
});

const byVerdict: Record<AnswerClass, [afterAnswer: Disposition, before: Disposition]> = {
  human: ['answered', 'no_answer'],
  unknown: ['answered', 'no_answer'],
  voicemail: ['voicemail', 'voicemail'],
  mailbox_full: ['voicemail', 'voicemail'],
  call_screening: ['voicemail', 'voicemail'],
  ivr: ['voicemail', 'voicemail'],
  fax_modem: ['fax', 'fax'],
  sit_intercept: ['invalid_number', 'invalid_number'],
  sit_vacant: ['invalid_number', 'invalid_number'],
  sit_reorder: ['network_error', 'network_error'],
  sit_no_circuit: ['network_error', 'network_error'],
  ringback_after_answer: ['no_answer', 'no_answer'],
  busy_after_answer: ['busy', 'busy'],
  silence: ['no_audio', 'no_answer'],
};
test.each(Object.entries(byVerdict))(
  'what is heard outweighs a vague 480: %s',
  (answerClass, [answered, before]) => {
    const evidence = { because: 'tone', features: {}, human: null, tones: [], phrase: null } as const;
    const verdict = {
      class: answerClass as AnswerClass,
      phase: 'early',
      atMs: 1,
      margin: 1,
      evidence,
    } as const;
    const vague = { q850: 19, sip: 480 };
    const trail: Trail = {
      dialedAt,
      ...ringing,
      verdict,
      hangupRequest: vague,
      destroyed: vague,
      endedAt: after(30),
    };
    expect(dispositionOf(trail)).toBe(before);
    expect(dispositionOf({ ...trail, answeredAt: after(8), hungUpBecause: 'done' })).toBe(answered);
  },
);

test.each([
  [{ type: 'neverAgain' }, 'dnc_request'],
  [{ type: 'callback', at: after(3600) }, 'callback'],
] as const)('an agreement outweighs how the call ended: %j', (agreement, disposition) => {
  const trail: Trail = { dialedAt, answeredAt: after(1), agreement, endedAt: after(2) };
  expect(dispositionOf(trail)).toBe(disposition);
  expect(dispositionOf({ ...trail, hungUpBecause: 'done' })).toBe(disposition);
});
