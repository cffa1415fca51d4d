import type { Voice } from './voice.ts';

/** What the model sees of a voice, in this order; durations in seconds, levels in dB. */
export const FEATURES = [
  'sinceAnswer',
  'onset',
  'spoken',
  'stretches',
  'longestStretch',
  'firstStretch',
  'lastStretch',
  'quietNow',
  'firstPause',
  'longestPause',
  'meanPause',
  'share',
  'aboveNoise',
  'noise',
  'spread',
  'syllables',
  'syllableRate',
] as const;

/** Reads the features at a moment into `into`; null before any voice. */
export function readFeatures(
  voice: Voice,
  atMs: number,
  into = new Float32Array(FEATURES.length),
): Float32Array | null {
  const { stretches } = voice;
  const [first] = stretches;
  const last = stretches.at(-1);
  if (!first || !last) return null;
  let spoken = 0;
  let longest = 0;
  let pauses = 0;
  let longestPause = 0;
  let end = first.fromMs;
  for (const { fromMs, toMs } of stretches) {
    const pause = fromMs - end;
    pauses += pause;
    longestPause = Math.max(longestPause, pause);
    spoken += toMs - fromMs;
    longest = Math.max(longest, toMs - fromMs);
    end = toMs;
  }
  const second = stretches[1];
  into.set([
    atMs / 1_000,
    first.fromMs / 1_000,
    spoken / 1_000,
    stretches.length,
    longest / 1_000,
    (first.toMs - first.fromMs) / 1_000,
    (last.toMs - last.fromMs) / 1_000,
    (atMs - last.toMs) / 1_000,
    ((second?.fromMs ?? atMs) - first.toMs) / 1_000,
    longestPause / 1_000,
    pauses / Math.max(1, stretches.length - 1) / 1_000,
    spoken / Math.max(1, atMs - first.fromMs),
    voice.levelDbm0 - voice.floorDbm0,
    voice.floorDbm0,
    voice.spreadDb,
    voice.syllables,
    (1_000 * voice.syllables) / Math.max(1, spoken),
  ]);
  return into;
}
