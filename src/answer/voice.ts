import { HOP_MS, type SpectralFrame } from './spectrum.ts';
import { isPure } from './tones.ts';

/** A stretch of voice, in milliseconds from the start of listening. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What has been heard of voices so far. */
export interface Voice {
  /** Stretches divided by pauses of 200 ms or more, the newest last. */
  readonly stretches: readonly Stretch[];
  /** Level of the noise between them in dBm0. */
  readonly floorDbm0: number;
  /** Mean and standard deviation of the level of voiced frames in dBm0. */
  readonly levelDbm0: number;
  readonly spreadDb: number;
  /** Energy peaks 3 dB above the dips around them: about one per syllable. */
  readonly syllables: number;
  /** The loudest 10 ms so far in dBm0. */
  readonly loudestDbm0: number;
}

const SHORTEST_FRAMES = 3;

/** Pure tones below are vowels of a high voice. */
const TONES_FROM_HZ = 380;
const PAUSE_MS = 200;
const ABOVE_FLOOR_DB = 8;

/** A voice goes on down to this far below the loudest; what never comes nearer than the second is the background. */
const BELOW_LOUDEST_DB = 22;
const BACKGROUND_DB = 15;

const QUIETEST_VOICE_DBM0 = -48;
const FLOOR_RISE_DB = 0.03;

/** The first 10 ms are taken for noise, unless they are louder than any line's. */
const LOWEST_FIRST_FLOOR = -65;
const HIGHEST_FIRST_FLOOR = -38;
const SYLLABLE_DB = 3;

interface LoudStretch {
  readonly fromMs: number;
  toMs: number;
  peakDbm0: number;
}

/** Follows the voice on the line by level: what stands out from the noise, is near the loudest, and is no pure tone. */
export function voiceTracker(): {
  push(frame: SpectralFrame): void;
  read(): Voice;
  retract(fromMs: number): void;
} {
  let stretches: LoudStretch[] = [];
  let floor = NaN;
  let loudest = -90;
  let smooth = -90;
  let loudFrames = 0;
  let voiced = 0;
  let mean = 0;
  let squares = 0;
  let syllables = 0;
  let rising = true;
  let extreme = -90;

  const follow = (level: number): void => {
    smooth = smooth === -90 ? level : smooth + (level - smooth) * 0.4;
    if (Number.isNaN(floor)) floor = Math.max(LOWEST_FIRST_FLOOR, Math.min(HIGHEST_FIRST_FLOOR, level));
    floor = smooth < floor ? floor + (smooth - floor) * 0.2 : floor + FLOOR_RISE_DB;
    loudest = Math.max(smooth, loudest - 0.005);
  };

  const countSyllables = (): void => {
    if (rising) extreme = Math.max(extreme, smooth);
    else extreme = Math.min(extreme, smooth);
    if (rising && smooth < extreme - SYLLABLE_DB) {
      syllables += 1;
      rising = false;
      extreme = smooth;
    } else if (!rising && smooth > extreme + SYLLABLE_DB) {
      rising = true;
      extreme = smooth;
    }
  };

  const extend = (atMs: number): void => {
    const last = stretches.at(-1);
    const fromMs = atMs - SHORTEST_FRAMES * HOP_MS;
    if (last && fromMs - last.toMs < PAUSE_MS) {
      last.toMs = atMs;
      last.peakDbm0 = Math.max(last.peakDbm0, smooth);
    } else stretches.push({ fromMs, toMs: atMs, peakDbm0: smooth });
  };

  return {
    push(frame) {
      follow(frame.levelDbm0);
      const threshold = Math.max(floor + ABOVE_FLOOR_DB, loudest - BELOW_LOUDEST_DB, QUIETEST_VOICE_DBM0);
      if (smooth < threshold || (isPure(frame) && frame.peakHz >= TONES_FROM_HZ)) {
        loudFrames = 0;
        return;
      }
      loudFrames += 1;
      if (loudFrames < SHORTEST_FRAMES) return;
      extend(frame.atMs);
      countSyllables();
      voiced += 1;
      const step = smooth - mean;
      mean += step / voiced;
      squares += step * (smooth - mean);
    },
    read: () => ({
      stretches: stretches.filter(({ peakDbm0 }) => peakDbm0 >= loudest - BACKGROUND_DB),
      floorDbm0: floor,
      levelDbm0: voiced === 0 ? -90 : mean,
      spreadDb: Math.sqrt(squares / Math.max(1, voiced)),
      syllables,
      loudestDbm0: loudest,
    }),
    /** Takes back what turned out to be call-progress tone. */
    retract(fromMs) {
      stretches = stretches.filter((stretch) => stretch.fromMs < fromMs - PAUSE_MS);
    },
  };
}
