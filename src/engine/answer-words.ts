import { rmsDbfs } from '../audio/levels.ts';
import type { Transcriber } from '../conversation/engines.ts';

/** Has what is heard put into words, a stretch of speech at a time: announcements before the answer, and who answers. */
export interface AnswerWords {
  /** Takes 16 kHz PCM in pieces of 20 to 100 ms, silence where nothing came. */
  push(pcm: Int16Array, answered: boolean): void;
  /** After the answer, only keeps what is heard, for as long as somebody else puts it into words. */
  hold(held: boolean): void;
  /** Resolves when nothing is being put into words. */
  idle(): Promise<void>;
  /** Forgets what was heard so far. */
  restart(): void;
  stop(): void;
}

const SAMPLES_PER_MS = 16;
const SPEECH_DBFS = -45;
/** A hello is shorter, and needs no words. */
const WORTH_MS = 1200;
/** Before the answer much is tones and music: a voice changes by this much from frame to frame, for so long in all. */
const SWING_DB = 3;
const WORTH_SWINGS_MS = 600;
const MOST_EARLY = 3;
/** A pause this long ends a stretch, and one this long without a pause is taken as it is. */
const PAUSE_MS = 300;
const LONGEST_MS = 5000;
/** The end of a stretch is heard again with the next, for the word that was cut. */
const OVERLAP_MS = 500;
const REACH_MS = 8000;
const FORGOTTEN_MS = 1000;
/** What is said is settled by then. */
const HORIZON_MS = 40_000;

/** Listens until stopped; a transcription that fails is told by `onFailed`, and the voice alone decides. */
export function answerWords(parts: {
  readonly transcriber: Transcriber;
  readonly tell: (text: string) => void;
  readonly onFailed: (error: unknown) => void;
}): AnswerWords {
  const heard = new Int16Array(REACH_MS * SAMPLES_PER_MS);
  let filled = 0;
  let heardMs = 0;
  let voicedMs = 0;
  let quietMs = 0;
  let swungMs = 0;
  let lastDbfs = -Infinity;
  let early = 0;
  let isHeld = false;
  let working = new AbortController();
  let transcribing: Promise<void> | null = null;

  const keep = (pcm: Int16Array): void => {
    if (filled + pcm.length > heard.length) {
      // A second at once: to move all of it for every 20 ms costs more than to listen.
      heard.copyWithin(0, FORGOTTEN_MS * SAMPLES_PER_MS, filled);
      filled -= FORGOTTEN_MS * SAMPLES_PER_MS;
    }
    heard.set(pcm, filled);
    filled += pcm.length;
  };
  const transcribe = async (signal: AbortSignal): Promise<void> => {
    const samples = heard.slice(0, filled);
    filled = Math.min(filled, OVERLAP_MS * SAMPLES_PER_MS);
    heard.set(samples.subarray(samples.length - filled));
    [voicedMs, swungMs] = [0, 0];
    // A phrase that tells is told by a guess, too: nobody waits for a better one.
    for await (const { text } of parts.transcriber.transcribe(samples, signal)) {
      if (!signal.aborted) parts.tell(text);
      return;
    }
  };
  const restart = (): void => {
    working.abort();
    working = new AbortController();
    transcribing = null;
    [filled, heardMs, voicedMs, quietMs, swungMs] = [0, 0, 0, 0, 0];
  };

  return {
    push(pcm, answered) {
      const ms = pcm.length / SAMPLES_PER_MS;
      heardMs += ms;
      if (heardMs > HORIZON_MS) return;
      keep(pcm);
      const dbfs = rmsDbfs(pcm);
      const isVoice = dbfs > SPEECH_DBFS;
      quietMs = isVoice ? 0 : quietMs + ms;
      if (isVoice) voicedMs += ms;
      if (isVoice && Math.abs(dbfs - lastDbfs) >= SWING_DB) swungMs += ms;
      lastDbfs = dbfs;
      if (
        (isHeld && answered) ||
        transcribing ||
        voicedMs < WORTH_MS ||
        (quietMs < PAUSE_MS && voicedMs < LONGEST_MS)
      )
        return;
      if (!answered && (swungMs < WORTH_SWINGS_MS || early === MOST_EARLY)) return;
      if (!answered) early += 1;
      const { signal } = working;
      transcribing = transcribe(signal)
        .catch((error: unknown) => {
          if (!signal.aborted) parts.onFailed(error);
        })
        .finally(() => {
          if (!signal.aborted) transcribing = null;
        });
    },
    hold(held) {
      isHeld = held;
    },
    idle: async () => transcribing ?? undefined,
    restart,
    stop() {
      working.abort();
    },
  };
}
