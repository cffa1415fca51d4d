import { resampler } from '../audio/resample.ts';
import { SPEECH_RATE } from '../audio/format.ts';
import type { Stage } from '../audio/stage.ts';
import { FEATURES, readFeatures } from './features.ts';
import { ear, type Signal } from './heard.ts';
import { humanModel } from './model.ts';
import { LINE_RATE } from './spectrum.ts';
import { CLASS_OF_SIT, GROUP_OF, type AnswerClass, type AnswerEvidence, type HeardTone } from './verdict.ts';
import weights from './weights.json' with { type: 'json' };
import { tellingPhrase } from './words.ts';

/** What the call hears, in order: audio of any chunk size, and words as soon as they are recognised. */
export type AnswerInput =
  | { readonly type: 'audio'; readonly pcm: Int16Array; readonly answered: boolean }
  | { readonly type: 'words'; readonly text: string };

/**
 * What is told. `phase` says which clock `atMs` counts on: from the answer, or from the first early media.
 * `verdict`: who answered; a later one replaces it. `beep`: a recorder has beeped and is quiet again; the tone ended
 * at `endedMs`. `turn`: there is a verdict and the far end has stopped talking, so the agent may go on past its
 * greeting, or leave its message.
 */
export type AnswerEvent =
  | {
      readonly type: 'verdict';
      readonly phase: AnswerPhase;
      readonly atMs: number;
      readonly class: AnswerClass;
      /** How sure, 0–1: 1 for tones and phrases, the distance of the model's probability from even for voices. */
      readonly margin: number;
      readonly evidence: AnswerEvidence;
    }
  | {
      readonly type: 'beep';
      readonly phase: AnswerPhase;
      readonly atMs: number;
      readonly endedMs: number;
      readonly hz: number;
    }
  | { readonly type: 'turn'; readonly phase: AnswerPhase; readonly atMs: number };

export type AnswerPhase = 'early' | 'answered';

/** From which probability on a voice is a person's, and down to which it is a recording's. */
export interface AnswerThresholds {
  readonly human: number;
  readonly machine: number;
}

export const DEFAULT_THRESHOLDS: AnswerThresholds = { human: 0.5, machine: 0.0035 };

const TICK_MS = 50;
const HORIZON_MS = 10_000;
const UNKNOWN_AT_MS = 2_500;
const SILENCE_AT_MS = 8_000;
const GREETED_MS = 300;
const LONGEST_GREETING_MS = 40_000;
const SURELY_HUMAN = 0.9;

/** After this much voice no tone is the network's any more, with room for one that is taken for a voice at first. */
const TALKED_MS = 1_200;

/** A pause this long after a voice lets a person's verdict fall, and this long gives the turn. */
const VERDICT_PAUSE_MS = 100;
const TURN_PAUSE_MS = 500;

/** A person is taken for a machine only when that has been sure for as long. */
const MACHINE_CERTAIN_MS = 300;

/** At the end of listening all the evidence is in, and the same probability is worth more. */
const LATE_MS = 9_000;
const LATE_FACTOR = 5;
const MACHINE_TURN_PAUSE_MS = 2_000;

/**
 * Tells who or what answered, from the first early media until ten seconds after the answer, and goes on telling
 * beeps and turns after that. Pure: its clock is the audio, so where no RTP arrives the caller pushes silent frames.
 */
export function answerClassifier({
  sampleRate = SPEECH_RATE,
  thresholds = DEFAULT_THRESHOLDS,
}: { readonly sampleRate?: number; readonly thresholds?: AnswerThresholds } = {}): Stage<
  AnswerInput,
  AnswerEvent
> {
  const toLine = resampler(sampleRate, LINE_RATE);
  let phase: AnswerPhase = 'early';
  let hearing = ear();
  let tones: HeardTone[] = [];
  let words = '';
  let verdict: AnswerClass | null = null;
  let certain = false;
  let human: number | null = null;
  let tickMs = 0;
  /** When the voice last sounded as if it might be a person's. */
  let doubtedAtMs = 0;
  let turnGiven = false;
  const features = new Float32Array(FEATURES.length);
  const humanProbability = humanModel(weights);

  const decide = (
    next: AnswerClass,
    margin: number,
    because: AnswerEvidence['because'],
    phrase: string | null = null,
  ): AnswerEvent[] => {
    if (next === verdict) return [];
    verdict = next;
    const evidence = { because, features: namedFeatures(features), human, tones, phrase };
    return [{ type: 'verdict', phase, atMs: hearing.nowMs(), class: next, margin, evidence }];
  };

  const onSignal = (signal: Signal): AnswerEvent[] => {
    tones = [...tones, ...toneOf(signal)];
    if (signal.type === 'beep') return onBeep(signal.tone.toMs, signal.tone.hz);
    if (hasTalked()) return [];
    const next = classOf(signal);
    if (phase === 'early' && !next.startsWith('sit_')) return [];
    certain = true;
    return decide(next, 1, 'tone');
  };

  const onBeep = (endedMs: number, hz: number): AnswerEvent[] => {
    turnGiven = true;
    const told: AnswerEvent[] = [
      { type: 'beep', phase, atMs: hearing.nowMs(), endedMs, hz },
      { type: 'turn', phase, atMs: hearing.nowMs() },
    ];
    if (phase === 'early' || certain || !isRecorders(endedMs)) return told;
    certain = true;
    return [...decide('voicemail', 1, 'beep'), ...told];
  };

  /** Whether it is surely a person, who has said enough. */
  const hasTalked = (): boolean => {
    if (hearing.nowMs() <= HORIZON_MS || verdict !== 'human' || (human ?? 0) < SURELY_HUMAN) return false;
    const spokenMs = hearing.voice().stretches.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    return spokenMs >= TALKED_MS;
  };

  /** In the middle of a conversation a beep is a household's; at the end of a greeting it is a recorder's. */
  const isRecorders = (endedMs: number): boolean =>
    (hearing.voice().stretches[0]?.fromMs ?? Infinity) < endedMs - GREETED_MS &&
    (endedMs <= HORIZON_MS || (endedMs <= LONGEST_GREETING_MS && (human ?? 1) < SURELY_HUMAN));

  /** Who says later that one may leave a message is a person. */
  const onWords = (text: string): AnswerEvent[] => {
    if (hearing.nowMs() > LONGEST_GREETING_MS) return [];
    words = `${words} ${text}`;
    const phrase = tellingPhrase(words);
    if (!phrase || (certain && GROUP_OF[phrase.class] !== 'machine')) return [];
    if (phase === 'early' && !phrase.class.startsWith('sit_')) return [];
    certain = true;
    return decide(phrase.class, 1, 'words', phrase.text);
  };

  const tick = (): AnswerEvent[] => {
    const atMs = hearing.nowMs();
    const seen = readFeatures(hearing.voice(), atMs, features);
    if (!seen) return quiet(atMs);
    if (atMs <= HORIZON_MS) human = humanProbability(seen);
    const quietMs = atMs - (hearing.voice().stretches.at(-1)?.toMs ?? atMs);
    const told = certain || human === null || atMs > HORIZON_MS ? [] : judge(human, quietMs, atMs);
    return [...told, ...giveTurn(quietMs)];
  };

  const judge = (probability: number, quietMs: number, atMs: number): AnswerEvent[] => {
    const margin = Math.abs(2 * probability - 1);
    if (probability > thresholds.machine * (atMs >= LATE_MS ? LATE_FACTOR : 1)) doubtedAtMs = atMs;
    if (atMs - doubtedAtMs >= MACHINE_CERTAIN_MS) return decide('voicemail', margin, 'voice');
    if (probability >= thresholds.human && quietMs >= VERDICT_PAUSE_MS)
      return decide('human', margin, 'voice');
    return verdict === null && atMs >= HORIZON_MS ? decide('unknown', margin, 'end') : [];
  };

  const quiet = (atMs: number): AnswerEvent[] => {
    if (certain) return [];
    if (atMs >= SILENCE_AT_MS) return decide('silence', 1, 'silence');
    return atMs >= UNKNOWN_AT_MS ? [...decide('unknown', 0, 'silence'), ...giveTurn(atMs)] : [];
  };

  const giveTurn = (quietMs: number): AnswerEvent[] => {
    if (verdict === null) return [];
    const patience =
      GROUP_OF[verdict] === 'machine' && verdict !== 'call_screening' ? MACHINE_TURN_PAUSE_MS : TURN_PAUSE_MS;
    if (quietMs < patience) {
      if (quietMs === 0) turnGiven = false;
      return [];
    }
    if (turnGiven) return [];
    turnGiven = true;
    return [{ type: 'turn', phase, atMs: hearing.nowMs() }];
  };

  const hear = (pcm: Int16Array): AnswerEvent[] => {
    const told = hearing.push(pcm).flatMap(onSignal);
    if (phase === 'early' || hearing.nowMs() < tickMs + TICK_MS) return told;
    tickMs = hearing.nowMs();
    return [...told, ...tick()];
  };

  const answer = (): void => {
    phase = 'answered';
    hearing = ear();
    tones = [];
    words = '';
    verdict = null;
    certain = false;
    human = null;
    tickMs = 0;
    doubtedAtMs = 0;
    turnGiven = false;
    features.fill(0);
  };

  return {
    push(input) {
      if (input.type === 'words') return onWords(input.text);
      if (input.answered && phase === 'early') answer();
      return toLine.push(input.pcm).flatMap(hear);
    },
    flush() {
      const told = [...toLine.flush().flatMap(hear), ...hearing.flush().flatMap(onSignal)];
      return verdict === null && phase === 'answered' ? [...told, ...decide('unknown', 0, 'end')] : told;
    },
  };
}

function classOf(signal: Signal): AnswerClass {
  switch (signal.type) {
    case 'sit':
      return CLASS_OF_SIT[signal.kind];
    case 'beep':
      return 'voicemail';
    case 'ced':
    case 'cng':
      return 'fax_modem';
    case 'ringback':
      return 'ringback_after_answer';
    case 'busy':
    case 'dial':
      return 'busy_after_answer';
  }
}

function toneOf(signal: Signal): HeardTone[] {
  if (signal.type === 'sit')
    return signal.segments.map(({ hz, fromMs, toMs }) => ({ name: 'sit', hz, fromMs, toMs }));
  if ('tone' in signal) {
    const { hz, fromMs, toMs } = signal.tone;
    return [{ name: signal.type, hz, fromMs, toMs }];
  }
  return [{ name: signal.type, hz: 0, fromMs: signal.fromMs, toMs: signal.toMs }];
}

function namedFeatures(features: Float32Array): Record<string, number> {
  return Object.fromEntries(
    FEATURES.map((name, i) => [name, Math.round(1_000 * (features[i] ?? 0)) / 1_000]),
  );
}
