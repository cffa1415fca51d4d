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
  /** Whether the line fell 12 dB or more for the 50 ms after the tone; false while it lasts. */
  readonly thenQuiet: boolean;
}

/** A sine keeps this share of the power at 8 dB above the noise; DTMF and ringback pairs and voices stay below. */
const PURE = 0.85;

const WEAKEST_DBM0 = -38;
const STABLE_HZ = 10;
const STABLE_DB = 8;
const SHORTEST_MS = 70;
const LASTING_MS = 500;
const GAP_MS = 50;
const QUIET_DB = 12;

/** How long after a tone's start, and after its end, the sliding window first and last finds it pure. */
const START_LAG_MS = 20;
const END_LAG_MS = 10;

/** Finds pure tones in spectral frames: SIT segments, fax tones and beeps, each told once its end is certain. */
export function toneTracker(): Stage<SpectralFrame, Tone> {
  let run: Run | null = null;

  const close = (ended: Run): Tone[] => (length(ended) < SHORTEST_MS ? [] : [tone(ended, 'ended')]);

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
      if (run) return advance(run, frame);
      if (isPure(frame)) run = begin(frame);
      return [];
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
  hz: number;
  levelDbm0: number;
  /** Levels of the frames since the last one that belonged. */
  after: number[];
  told: boolean;
}

/** Whether nearly all that the window holds is one tone. */
export function isPure(frame: SpectralFrame): boolean {
  return frame.purity >= PURE && frame.peakDbm0 >= WEAKEST_DBM0;
}

function begin(frame: SpectralFrame): Run {
  const { atMs, peakHz, peakDbm0 } = frame;
  return { firstMs: atMs, lastMs: atMs, frames: 1, hz: peakHz, levelDbm0: peakDbm0, after: [], told: false };
}

function belongs(run: Run, frame: SpectralFrame): boolean {
  return (
    Math.abs(frame.peakHz - run.hz) <= STABLE_HZ && Math.abs(frame.peakDbm0 - run.levelDbm0) <= STABLE_DB
  );
}

/** The first and last windows of a tone are half empty, so later ones weigh in fully and early ones fade. */
function take(run: Run, frame: SpectralFrame): void {
  const weight = Math.max(1 / (run.frames + 1), 0.1);
  run.frames += 1;
  run.hz += (frame.peakHz - run.hz) * weight;
  run.levelDbm0 += (frame.peakDbm0 - run.levelDbm0) * weight;
  run.lastMs = frame.atMs;
  run.after = [];
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
    thenQuiet: rest.length > 0 && rest.every((level) => level <= run.levelDbm0 - QUIET_DB),
  };
}
