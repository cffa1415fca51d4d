import { rmsDbfs } from '../audio/levels.ts';

/** Whose turn it is on a line with a machine: ours after its beep or its silence, until it talks again. */
export interface TurnTaking {
  /** The machine has beeped, or fallen silent. */
  give(): void;
  /** A frame that came from it. */
  hear(frame: Int16Array): void;
  /** Resolves when it is our turn, or after `longestMs`; to false when `signal` ends the wait. */
  ours(longestMs: number, signal: AbortSignal): Promise<boolean>;
}

const FRAME_MS = 20;
const SPEECH_DBFS = -45;
/** A click or a breath is no speech. */
const RESUMED_MS = 200;

/** Follows the turns from now on; the first is the machine's. */
export function turnTaking(): TurnTaking {
  let isOurs = false;
  let loudMs = 0;
  let given = Promise.withResolvers<void>();
  return {
    give() {
      isOurs = true;
      loudMs = 0;
      given.resolve();
    },
    hear(frame) {
      if (!isOurs) return;
      loudMs = rmsDbfs(frame) > SPEECH_DBFS ? loudMs + FRAME_MS : 0;
      if (loudMs < RESUMED_MS) return;
      isOurs = false;
      given = Promise.withResolvers();
    },
    async ours(longestMs, signal) {
      const ended = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => ended.resolve(), { once: true });
      const timer = setTimeout(ended.resolve, longestMs);
      await Promise.race([given.promise, ended.promise]);
      clearTimeout(timer);
      return !signal.aborted;
    },
  };
}
