import { type Sound, endpointer } from '../conversation/endpointing.ts';
import type { SpeechDetector, Transcriber, Transcript } from '../conversation/engines.ts';
import { secondTry } from './second-try.ts';

/** Hears a callee: tells voice from quiet, keeps what they say, and has it transcribed. */
export interface Hearing {
  /** Takes the next 20 ms; never blocks. */
  push(frame: Int16Array): void;
  /** The callee began to speak `ms` ago: what came before is no part of it. */
  begin(ms: number): void;
  /** Puts what was said since then into words while the callee goes on, unless that is under way already. */
  overhear(): void;
  /** Transcribes what was said since then. */
  transcribe(): void;
  /** Forgets a transcription under way. */
  drop(): void;
  stop(): void;
}

const FRAME_MS = 20;
/** The detector hears a voice up to 350 ms late. */
const PRE_ROLL_MS = 400;
/** Whisper takes 30 s. */
const MOST_FRAMES = 28_000 / FRAME_MS;
/** Frames of a second lie side by side: a piece of memory for each keeps the collector busy when calls are many. */
const SLAB_SAMPLES = 16_000;
/** An engine that gives up later than this has had its time, and the callee has waited long enough. */
const SLOW_MS = 5000;

/** Begins to listen. A transcription that fails twice is told by `onUnheard`, a detector that fails by `onLost`. */
export function startHearing(parts: {
  readonly detector: SpeechDetector;
  readonly transcriber: Transcriber;
  readonly onSound: (sound: Sound) => void;
  /** The words so far; none where that fails. */
  readonly onPartial: (text: string) => void;
  readonly onTranscript: (transcript: Transcript) => void;
  readonly onUnheard: (error: unknown) => void;
  readonly onLost: (error: unknown) => void;
}): Hearing {
  const ends = endpointer();
  const frames: Int16Array[] = [];
  let slab = new Int16Array(0);
  let slabFilled = 0;
  let wanted = 0;
  let detecting = Promise.resolve();
  let working = new AbortController();
  let overhearing: AbortController | null = null;
  let stopped = false;

  const keep = (frame: Int16Array): Int16Array => {
    if (slabFilled + frame.length > slab.length) [slab, slabFilled] = [new Int16Array(SLAB_SAMPLES), 0];
    const kept = slab.subarray(slabFilled, slabFilled + frame.length);
    kept.set(frame);
    slabFilled += frame.length;
    return kept;
  };
  const detect = async (frame: Int16Array): Promise<void> => {
    if (stopped) return;
    const probability = await parts.detector.push(frame);
    for (const sound of ends.push(probability)) if (!stopped) parts.onSound(sound);
  };
  const transcribe = async (samples: Int16Array, signal: AbortSignal): Promise<void> => {
    let last: Transcript | undefined;
    for await (const transcript of parts.transcriber.transcribe(samples, signal)) {
      signal.throwIfAborted();
      last = transcript;
      parts.onTranscript(transcript);
    }
    if (!last?.sure) parts.onTranscript({ text: last?.text ?? '', sure: true });
  };
  const overhear = async (signal: AbortSignal): Promise<void> => {
    for await (const { text } of parts.transcriber.transcribe(joined(frames.slice(-wanted)), signal)) {
      if (!signal.aborted && text !== '') parts.onPartial(text);
      return;
    }
  };
  const drop = (): void => {
    working.abort();
    overhearing?.abort();
    overhearing = null;
  };

  return {
    push(frame) {
      const kept = keep(frame);
      frames.push(kept);
      wanted += 1;
      if (frames.length > MOST_FRAMES) frames.shift();
      detecting = detecting.then(async () => detect(kept));
      detecting.catch(parts.onLost);
    },
    begin(ms) {
      wanted = Math.ceil((ms + PRE_ROLL_MS) / FRAME_MS);
    },
    overhear() {
      if (overhearing) return;
      const mine = (overhearing = new AbortController());
      overhear(mine.signal)
        // The whole is asked for in any case.
        .catch(() => undefined)
        .finally(() => {
          if (overhearing === mine) overhearing = null;
        });
    },
    transcribe() {
      drop();
      working = new AbortController();
      const { signal } = working;
      const samples = joined(frames.slice(-wanted));
      const askedAt = performance.now();
      transcribe(samples, signal)
        .catch(async (error: unknown) => {
          if (performance.now() - askedAt > SLOW_MS) throw error;
          await secondTry(askedAt, signal);
          await transcribe(samples, signal);
        })
        .catch((error: unknown) => {
          if (!signal.aborted) parts.onUnheard(error);
        });
    },
    drop,
    stop() {
      stopped = true;
      drop();
    },
  };
}

function joined(frames: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(frames.reduce((length, frame) => length + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    whole.set(frame, at);
    at += frame.length;
  }
  return whole;
}
