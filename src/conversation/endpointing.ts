import type { Stage } from '../audio/stage.ts';

/** What the callee's audio tells: a voice that lasts, or quiet that lasts; `ms` counts from its beginning. */
export type Sound = { readonly type: 'voice' | 'quiet'; readonly ms: number };

const FRAME_MS = 20;
/** Above the first a voice begins, below the second it ends. */
const BEGINS = 0.5;
const ENDS = 0.35;
/** Shorter than this is a click. */
const ONSET_MS = 60;
/** Voice goes on over gaps shorter than this. */
const GAP_MS = 200;
const STEP_MS = 100;

/** Takes the probability of speech in each 20 ms; emits voice when it begins, then both every 100 ms while they last. */
export function endpointer(): Stage<number, Sound> {
  let voiced = false;
  let runMs = 0;
  let voiceMs = 0;
  let toldMs = 0;
  let quietMs = 0;

  const quiet = (): Sound[] => {
    quietMs += FRAME_MS;
    if (quietMs >= GAP_MS) voiceMs = toldMs = 0;
    return quietMs % STEP_MS === 0 ? [{ type: 'quiet', ms: quietMs }] : [];
  };
  return {
    push(probability) {
      voiced = probability >= (voiced ? ENDS : BEGINS);
      runMs = voiced ? runMs + FRAME_MS : 0;
      if (runMs < ONSET_MS) return quiet();
      quietMs = 0;
      voiceMs += voiceMs === 0 ? runMs : FRAME_MS;
      if (toldMs > 0 && voiceMs < toldMs + STEP_MS) return [];
      toldMs = voiceMs;
      return [{ type: 'voice', ms: voiceMs }];
    },
    flush: () => [],
  };
}
