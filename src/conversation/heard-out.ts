import { rmsDbfs } from '../audio/levels.ts';
import type { Stage } from '../audio/stage.ts';

const FRAME_MS = 20;
/** Speech on a telephone line stands well above this, its noise below. */
const SPEECH_DBFS = -45;
const QUIET_AFTER_SPEECH_MS = 1200;
const SILENCE_MS = 4000;
const LONGEST_MS = 15_000;

/**
 * Tells when a callee has been heard out after the greeting: quiet after having spoken, silent all along, or speaking
 * on and on. Takes 20 ms frames from the greeting's end; emits once whether the
 * callee spoke.
 */
export function heardOut(): Stage<Int16Array, 'spoke' | 'silent'> {
  let elapsedMs = 0;
  let quietMs = 0;
  let spoke = false;
  let told = false;
  return {
    push(frame) {
      if (told) return [];
      elapsedMs += FRAME_MS;
      if (rmsDbfs(frame) > SPEECH_DBFS) {
        spoke = true;
        quietMs = 0;
      } else quietMs += FRAME_MS;
      told = elapsedMs >= LONGEST_MS || quietMs >= (spoke ? QUIET_AFTER_SPEECH_MS : SILENCE_MS);
      return told ? [spoke ? 'spoke' : 'silent'] : [];
    },
    flush: () => [],
  };
}
