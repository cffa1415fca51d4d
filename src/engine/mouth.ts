import { FRAME_SAMPLES } from '../audio/format.ts';
import { heardPart } from '../conversation/clauses.ts';
import type { Synthesizer } from '../conversation/engines.ts';
import type { Line } from './line.ts';

/** One turn of the agent on its way to the callee. Nothing is heard before `release`. */
export interface Utterance {
  /** Adds a clause. */
  say(clause: string): void;
  /** There are no more clauses. */
  end(): void;
  release(): void;
  /** Stops at once; what has not been heard is kept. */
  mute(): void;
  resume(): void;
  /** Gives up what has not been heard. */
  drop(): void;
  /** What the callee has heard. */
  heard(): string;
  /** Resolves when all of it has been heard, or to false when it was dropped; rejects when it can't be spoken. */
  readonly done: Promise<boolean>;
}

/** Marks tell to this precision what was heard: 240 ms, a word or two. */
const PIECE_SAMPLES = 12 * FRAME_SAMPLES;
/** No audio from the engine for this long, the wait for others that it speaks for included: it is stuck. */
const STALL_MS = 8000;
const TRIES = 2;

type Clause = { readonly text: string; samples: number; heard: number; whole: boolean };
type Piece = { readonly pcm: Int16Array; readonly clause: Clause };

/** Begins an utterance on a line. `onRendered` is called for its first audio, `onPlaying` when that goes out. */
export function utter(mouth: {
  readonly line: Line;
  readonly synthesizer: Synthesizer;
  readonly onRendered: () => void;
  readonly onPlaying: () => void;
}): Utterance {
  const { line, synthesizer } = mouth;
  const done = Promise.withResolvers<boolean>();
  // Whoever awaits it hears of a failure; an utterance that is dropped has nobody who does.
  done.promise.catch(() => undefined);
  const ending = new AbortController();
  const clauses: Clause[] = [];
  const pieces: Piece[] = [];
  let rendering = Promise.resolve();
  let ended = false;
  let released = false;
  let muted = false;
  let sent = 0;
  let heard = 0;
  /** Grows with every flush: marks from before it are void. */
  let epoch = 0;

  const settle = (): void => {
    if (ended && heard === pieces.length && clauses.every(({ whole }) => whole)) done.resolve(true);
  };
  const pump = (): void => {
    if (!released || muted) return;
    for (const piece of pieces.slice(sent)) {
      if (sent === 0) mouth.onPlaying();
      sent += 1;
      line.play(piece.pcm);
      void follow(piece, line.mark(), epoch);
    }
  };
  const follow = async (piece: Piece, marked: ReturnType<Line['mark']>, sentIn: number): Promise<void> => {
    if ((await marked) !== 'played' || sentIn !== epoch) return;
    heard += 1;
    piece.clause.heard += piece.pcm.length;
    settle();
  };
  const render = async (clause: Clause): Promise<void> => {
    const add = (pcm: Int16Array): void => {
      if (pieces.length === 0) mouth.onRendered();
      clause.samples += pcm.length;
      pieces.push({ pcm, clause });
    };
    let held = new Int16Array(0);
    for await (const chunk of speakTwice(synthesizer, clause.text, ending.signal)) {
      const joined = new Int16Array(held.length + chunk.length);
      joined.set(held);
      joined.set(chunk, held.length);
      let at = 0;
      for (; joined.length - at >= PIECE_SAMPLES; at += PIECE_SAMPLES)
        add(joined.subarray(at, at + PIECE_SAMPLES));
      held = joined.slice(at);
      pump();
    }
    if (held.length > 0) add(held);
    clause.whole = true;
    pump();
    settle();
  };

  return {
    say(text) {
      const clause: Clause = { text, samples: 0, heard: 0, whole: false };
      clauses.push(clause);
      rendering = rendering.then(() => render(clause));
      rendering.catch((error: unknown) => done.reject(error));
    },
    end() {
      ended = true;
      settle();
    },
    release() {
      released = true;
      pump();
    },
    mute() {
      muted = true;
      epoch += 1;
      sent = heard;
      line.flush();
    },
    resume() {
      muted = false;
      pump();
    },
    drop() {
      ending.abort();
      if (sent > heard) line.flush();
      muted = true;
      epoch += 1;
      done.resolve(false);
    },
    heard: () =>
      clauses
        .map(({ text, samples, heard, whole }) => heardPart(text, whole ? heard / Math.max(1, samples) : 0))
        .filter((text) => text !== '')
        .join(' '),
    done: done.promise,
  };
}

/** Speaks a clause; once more when the engine fails or is stuck, from where it broke off (F24). */
async function* speakTwice(
  synthesizer: Synthesizer,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<Int16Array, void> {
  let given = 0;
  for (let tries = 1; ; tries += 1) {
    const stall = new AbortController();
    const timer = setTimeout(() => stall.abort(), STALL_MS);
    let known = given;
    try {
      for await (const chunk of synthesizer.speak(text, AbortSignal.any([signal, stall.signal]))) {
        timer.refresh();
        const rest = chunk.subarray(known);
        known -= chunk.length - rest.length;
        given += rest.length;
        if (rest.length > 0) yield rest;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (tries === TRIES) throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
