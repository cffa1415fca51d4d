import type { Stage } from '../audio/stage.ts';
import { LINE_RATE } from './spectrum.ts';

/** A call-progress tone by its rhythm; `dial` is one that never pauses. */
export type Progress = 'ringback' | 'busy' | 'dial';

/** One burst of call-progress tone; while it lasts, `toMs` is the end of the newest block. */
export interface Burst {
  readonly fromMs: number;
  readonly toMs: number;
  /** Two sines at once, as in North America, Britain or Australia; else the one of continental Europe. */
  readonly paired: boolean;
}

/** What the detector tells at the end of each 100 ms block, every 50 ms. */
export interface CadenceFrame {
  readonly atMs: number;
  /** The bursts so far, newest last. */
  readonly bursts: readonly Burst[];
  /** Whether the newest burst still lasts. */
  readonly on: boolean;
}

const BLOCK = LINE_RATE / 10;
const HOP = BLOCK / 2;
const HOP_MS = 50;

/** How far before a block's end a burst starts that it is the first to hold, or ends that it is the last to hold. */
const EDGE_MS = { start: 40, end: 60 };

/**
 * Call-progress tones lie at 350–490 Hz, with 620 Hz for the North American busy tone. On blocks of 100 ms,
 * multiples of 10 Hz are orthogonal, which tells 440 from 480 Hz and a tone from a voice.
 */
const BANK_HZ = [...Array.from({ length: 18 }, (_, i) => 330 + i * 10), 610, 620, 630];
const LONGEST_RING_MS = 2_350;
const SHARE = 0.85;
const PAIR_SHARE = 0.2;
const CLEAN_SHARE = 0.9;
const WEAKEST_MEAN_SQUARE = 10 ** ((-42 - 3.17) / 10) / 2;

/** Finds bursts of call-progress tone in 8 kHz PCM of any chunk size. */
export function cadenceTracker(): Stage<Int16Array, CadenceFrame> {
  const block = new Float64Array(BLOCK);
  const bursts: Burst[] = [];
  let filled = 0;
  let blocks = 0;
  let on = false;

  const look = (): CadenceFrame => {
    const endMs = 100 + blocks * HOP_MS;
    blocks += 1;
    const found = listen(block);
    const last = bursts.at(-1);
    if (found && on && last) {
      bursts[bursts.length - 1] = { ...last, toMs: endMs - EDGE_MS.end, paired: last.paired || found.paired };
    } else if (found) {
      bursts.push({ fromMs: endMs - EDGE_MS.start, toMs: endMs - EDGE_MS.end, paired: found.paired });
    }
    on = found !== null;
    block.copyWithin(0, HOP);
    filled = BLOCK - HOP;
    return { atMs: endMs, bursts, on };
  };

  return {
    push(input) {
      const frames: CadenceFrame[] = [];
      for (const sample of input) {
        block[filled] = sample / 32_768;
        filled += 1;
        if (filled === BLOCK) frames.push(look());
      }
      return frames;
    },
    flush: () => [],
  };
}

/** Names the rhythm once it is certain. A single long burst counts as ringing only when silence follows it. */
export function readCadence({ atMs, bursts, on }: CadenceFrame): Progress | null {
  const [last, before, first] = [bursts.at(-1), bursts.at(-2), bursts.at(-3)];
  if (!last) return null;
  const lasts = last.toMs - last.fromMs;
  if (on && lasts >= LONGEST_RING_MS) return 'dial';
  if (on && before && first && isEven(first, before, last)) return 'busy';
  const quietMs = on ? 0 : atMs - last.toMs;
  if (lasts >= 700 && quietMs >= (last.paired ? 200 : 500)) return 'ringback';
  const pairOfRings = before && last.fromMs - before.toMs <= 300 && before.toMs - before.fromMs >= 300;
  return pairOfRings && lasts >= 300 && quietMs >= 900 ? 'ringback' : null;
}

/** Three bursts as long as the pauses between them, 0.2–0.75 s each: busy or reorder in every country's cadence. */
function isEven(first: Burst, second: Burst, third: Burst): boolean {
  const spans = [first.toMs - first.fromMs, second.fromMs - first.toMs, second.toMs - second.fromMs];
  const pause = third.fromMs - second.toMs;
  const mean = (spans.reduce((sum, span) => sum + span, 0) + pause) / 4;
  return (
    mean >= 180 && mean <= 800 && [...spans, pause].every((span) => Math.abs(span - mean) <= 0.45 * mean)
  );
}

/** Whether a block holds call-progress tone and nothing else. */
function listen(block: Float64Array): { readonly paired: boolean } | null {
  let total = 0;
  for (let i = 0; i < BLOCK; i += 1) total += (block[i] ?? 0) ** 2;
  if (total / BLOCK < WEAKEST_MEAN_SQUARE) return null;
  measure(block);
  if (shareOf(0, BANK_HZ.length, total) < SHARE) return null;
  const first = strongest();
  const around = shareOf(first - 2, first + 3, total);
  const second = strongest(first);
  const beside = shareOf(second - 1, second + 2, total);
  return around + beside < SHARE * 0.95
    ? null
    : { paired: beside >= PAIR_SHARE && around + beside >= CLEAN_SHARE };
}

/** The bank's share of a block's power, from one of its frequencies up to another. */
function shareOf(from: number, to: number, total: number): number {
  let sum = 0;
  for (let i = Math.max(0, from); i < Math.min(to, powers.length); i += 1) sum += powers[i] ?? 0;
  return (2 * sum) / (BLOCK * total);
}

/** The bank's strongest frequency, or the strongest away from this one. */
function strongest(awayFrom = -Infinity): number {
  let found = 0;
  let most = -1;
  for (let i = 0; i < powers.length; i += 1) {
    const power = powers[i] ?? 0;
    if (power <= most || Math.abs(i - awayFrom) <= 2) continue;
    most = power;
    found = i;
  }
  return found;
}

const factors = Float64Array.from(BANK_HZ, (hz) => 2 * Math.cos((2 * Math.PI * hz) / LINE_RATE));
/** What `measure` has found: the same memory for each block, as there are many. */
const powers = new Float64Array(factors.length);

/** Power of each frequency of the bank over the block (Goertzel's recurrence), three side by side: none waits for itself. */
function measure(block: Float64Array): void {
  for (let at = 0; at < factors.length; at += 3) {
    const a = factors[at] ?? 0;
    const b = factors[at + 1] ?? 0;
    const c = factors[at + 2] ?? 0;
    let a1 = 0;
    let a2 = 0;
    let b1 = 0;
    let b2 = 0;
    let c1 = 0;
    let c2 = 0;
    for (let i = 0; i < BLOCK; i += 1) {
      const sample = block[i] ?? 0;
      const a0 = sample + a * a1 - a2;
      const b0 = sample + b * b1 - b2;
      const c0 = sample + c * c1 - c2;
      a2 = a1;
      a1 = a0;
      b2 = b1;
      b1 = b0;
      c2 = c1;
      c1 = c0;
    }
    powers[at] = a1 * a1 + a2 * a2 - a * a1 * a2;
    powers[at + 1] = b1 * b1 + b2 * b2 - b * b1 * b2;
    powers[at + 2] = c1 * c1 + c2 * c2 - c * c1 * c2;
  }
}
