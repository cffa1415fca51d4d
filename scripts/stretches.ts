/** Who spoke when, read from a recording. */
import { rmsDbfs } from '../src/audio/levels.ts';

/** A stretch of speech; milliseconds from the beginning of the recording. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

const WINDOW_MS = 10;
/** What is quieter is noise of the line. */
const QUIET_DBFS = -45;

/** Where one voice is heard, to 10 ms, those with shorter gaps than `gapMs` taken for one. */
export function stretches(samples: Int16Array, sampleRate: number, gapMs: number): readonly Stretch[] {
  const found: { fromMs: number; untilMs: number }[] = [];
  const window = (sampleRate * WINDOW_MS) / 1000;
  for (let at = 0; at + window <= samples.length; at += window) {
    if (rmsDbfs(samples.subarray(at, at + window)) < QUIET_DBFS) continue;
    const fromMs = (1000 * at) / sampleRate;
    const last = found.at(-1);
    if (last && fromMs - last.untilMs < gapMs) last.untilMs = fromMs + WINDOW_MS;
    else found.push({ fromMs, untilMs: fromMs + WINDOW_MS });
  }
  return found;
}

/** The left (0) or right (1) side of interleaved stereo. */
export const sideOf = (stereo: Int16Array, side: 0 | 1): Int16Array =>
  stereo.filter((_sample, index) => index % 2 === side);
