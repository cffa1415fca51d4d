import type { SitKind } from './sit.ts';

/** Who or what answered. `unknown` is treated as a person: the agent talks. */
export const ANSWER_CLASSES = [
  'human',
  'voicemail',
  'mailbox_full',
  'call_screening',
  'ivr',
  'fax_modem',
  'sit_intercept',
  'sit_vacant',
  'sit_reorder',
  'sit_no_circuit',
  'ringback_after_answer',
  'busy_after_answer',
  'silence',
  'unknown',
] as const;

export type AnswerClass = (typeof ANSWER_CLASSES)[number];

/** What the campaign may do with a class: talk to it, treat it as a recording, or hang up. */
export type AnswerGroup = 'person' | 'machine' | 'network' | 'nobody';

/** Screening counts as a machine though it is talked to: taking a person for it costs the call. */
export const GROUP_OF: Readonly<Record<AnswerClass, AnswerGroup>> = {
  human: 'person',
  unknown: 'person',
  voicemail: 'machine',
  mailbox_full: 'machine',
  call_screening: 'machine',
  ivr: 'machine',
  fax_modem: 'network',
  sit_intercept: 'network',
  sit_vacant: 'network',
  sit_reorder: 'network',
  sit_no_circuit: 'network',
  ringback_after_answer: 'network',
  busy_after_answer: 'network',
  silence: 'nobody',
};

/** The international SIT names no reason: the mild one is taken, so that no number is given up for it. */
export const CLASS_OF_SIT: Readonly<Record<SitKind, AnswerClass>> = {
  intercept: 'sit_intercept',
  vacant: 'sit_vacant',
  reorder: 'sit_reorder',
  no_circuit: 'sit_no_circuit',
  itu: 'sit_reorder',
};

/** Something heard that led to the verdict. Times count from the answer, or from the first early media. */
export interface HeardTone {
  readonly name: 'sit' | 'ced' | 'cng' | 'beep' | 'ringback' | 'busy' | 'dial';
  readonly hz: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a verdict rests on, kept with the call. */
export interface AnswerEvidence {
  /** The rule that decided. */
  readonly because: 'tone' | 'beep' | 'words' | 'voice' | 'silence' | 'end';
  /** Voice timing and level at that moment, by name. */
  readonly features: Readonly<Record<string, number>>;
  /** The model's probability that a person speaks; null before any voice. */
  readonly human: number | null;
  readonly tones: readonly HeardTone[];
  /** The phrase that decided, when words did. */
  readonly phrase: string | null;
}
