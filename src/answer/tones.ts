import type { Stage } from '../audio/stage.ts';
import { HOP_MS, type SpectralFrame } from './spectrum.ts';

/** One pure tone on the line: a single frequency, stable within ±10 Hz for 70 ms or more. */
export interface Tone {
  readonly hz: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly levelDbm0: number;
  /** `lasting`: still on after half a second, told once. `ended`: over. */
  readonly state: 'lasting' | 'ended';
  /** Whether the line fell by 6 dB or more for the 50 ms after the tone; false while it lasts. */
  readonly thenQuiet: boolean;
  /** Share of its time, edges aside, at one level within 1 dB: near 1 for a recorder's beep, lower for a voice. */
  readonly steadiness: number;
  /** Whether the line was as quiet just before it: a tone that grows out of a voice is a vowel. */
  readonly fromQuiet: boolean;
}

/** A sine keeps this share of the power at 6 dB above the noise; DTMF and ringback pairs and voices stay below. */
const PURE = 0.8;

const WEAKEST_DBM0 = -38;
const STABLE_HZ = 10;
const STABLE_DB = 8;
const SEAM_HZ = 25;
const SEAM_FRAMES = 5;
const EDGE_FRAMES = 3;
const SHORTEST_MS = 70;
const SURE_MS = 150;
const MOST_PEAKS = 100;
const STEADY_DB = 1;
const BEFORE_FRAMES = 4;
const START_FRAMES = 2;
const PURE_WHEN_SHORT = 0.9;
const LASTING_MS = 500;
const GAP_MS = 50;
const QUIET_DB = 6;

/** How long after a tone's start, and after its end, the sliding window first and last finds it pure. */
const START_LAG_MS = 20;
const END_LAG_MS = 10;

/** Finds pure tones in spectral frames: SIT segments, fax tones and beeps, each told once its end is certain. */
export function toneTracker(): Stage<SpectralFrame, Tone> {
  const levels: number[] = [];
  let run: Run | null = null;

  const begin = (frame: SpectralFrame): Run => ({
    ...newRun(frame),
    beforeDbm0: mean(levels.slice(0, BEFORE_FRAMES)),
  });
  const remember = (level: number): void => {
    levels.push(level);
    if (levels.length > BEFORE_FRAMES + START_FRAMES) levels.shift();
  };

  const close = (ended: Run): Tone[] => (isTone(ended) ? [tone(ended, 'ended')] : []);

  const advance = (current: Run, frame: SpectralFrame): Tone[] => {
    if (isPure(frame) && belongs(current, frame)) {
      take(current, frame);
      if (current.told || length(current) < LASTING_MS) return [];
      current.told = true;
      return [tone(current, 'lasting')];
    }
    current.after.push(frame.levelDbm0);
    const other = isPure(frame) && current.after.length * HOP_MS > START_LAG_MS;
    if (!other && current.after.length * HOP_MS < GAP_MS) return [];
    run = isPure(frame) ? begin(frame) : null;
    return close(current);
  };

  return {
    push(frame) {
      const told = run ? advance(run, frame) : [];
      if (!run && isPure(frame)) run = begin(frame);
      remember(frame.levelDbm0);
      return told;
    },
    flush() {
      const open = run;
      run = null;
      return open ? close(open) : [];
    },
  };
}

interface Run {
  readonly firstMs: number;
  lastMs: number;
  frames: number;
  /** Frames in a row that look like a seam. */
  seams: number;
  /** Mean over all frames. */
  purity: number;
  hz: number;
  levelDbm0: number;
  /** Mean level of the 40 ms before its start. */
  readonly beforeDbm0: number;
  /** Levels of the peak in every frame that belonged. */
  readonly peaks: number[];
  /** Levels of the frames since the last one that belonged. */
  after: number[];
  told: boolean;
}

/** Whether nearly all that the window holds is one tone. */
export function isPure(frame: SpectralFrame): boolean {
  return frame.purity >= PURE && frame.peakDbm0 >= WEAKEST_DBM0;
}

function newRun(frame: SpectralFrame): Omit<Run, 'beforeDbm0'> {
  const { atMs, peakHz, peakDbm0 } = frame;
  const counts = { frames: 1, seams: 0, purity: frame.purity };
  return {
    firstMs: atMs,
    lastMs: atMs,
    ...counts,
    hz: peakHz,
    levelDbm0: peakDbm0,
    after: [],
    peaks: [peakDbm0],
    told: false,
  };
}

/** A repeated packet shifts the phase, which looks like another frequency for as long as the window spans the seam. */
function belongs(run: Run, frame: SpectralFrame): boolean {
  const offHz = Math.abs(frame.peakHz - run.hz);
  if (offHz > SEAM_HZ || (offHz > STABLE_HZ && run.seams >= SEAM_FRAMES)) return false;
  const louderDb = frame.peakDbm0 - run.levelDbm0;
  return Math.abs(louderDb) <= STABLE_DB || (louderDb > 0 && run.frames < EDGE_FRAMES);
}

/** The first and last windows of a tone are half empty, so later ones weigh in fully and early ones fade. */
function take(run: Run, frame: SpectralFrame): void {
  const weight = run.frames < EDGE_FRAMES ? 1 : Math.max(1 / run.frames, 0.1);
  run.frames += 1;
  run.seams = Math.abs(frame.peakHz - run.hz) > STABLE_HZ ? run.seams + 1 : 0;
  run.purity += (frame.purity - run.purity) / run.frames;
  if (run.seams === 0) run.hz += (frame.peakHz - run.hz) * weight;
  run.levelDbm0 += (frame.peakDbm0 - run.levelDbm0) * weight;
  if (run.peaks.length < MOST_PEAKS) run.peaks.push(frame.peakDbm0);
  run.lastMs = frame.atMs;
  run.after = [];
}

/** Vowels come as near to a tone as this only for a moment, so a short tone has to be purer. */
function isTone(run: Run): boolean {
  return length(run) >= SHORTEST_MS && (length(run) >= SURE_MS || run.purity >= PURE_WHEN_SHORT);
}

const length = (run: Run): number => run.lastMs - END_LAG_MS - (run.firstMs - START_LAG_MS);

function tone(run: Run, state: Tone['state']): Tone {
  const rest = run.after.slice(2);
  return {
    hz: run.hz,
    fromMs: run.firstMs - START_LAG_MS,
    toMs: run.lastMs - END_LAG_MS,
    levelDbm0: run.levelDbm0,
    state,
    thenQuiet: rest.length > 0 && mean(rest) <= run.levelDbm0 - QUIET_DB,
    steadiness: steadiness(run.peaks.slice(EDGE_FRAMES - 1, 1 - EDGE_FRAMES)),
    fromQuiet: run.beforeDbm0 <= run.levelDbm0 - QUIET_DB,
  };
}

function mean(levels: readonly number[]): number {
  return levels.length === 0 ? -90 : levels.reduce((sum, level) => sum + level, 0) / levels.length;
}

function steadiness(peaks: readonly number[]): number {
  const median = peaks.toSorted((a, b) => a - b)[peaks.length >> 1];
  if (median === undefined) return 1;
  return peaks.filter((peak) => Math.abs(peak - median) <= STEADY_DB).length / peaks.length;
}
