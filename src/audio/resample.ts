import type { Stage } from './stage.ts';

/** Attenuation the filter is designed for, above the 60 dB that must hold, so that rounding has room. */
const STOP_BAND_DB = 70;

/** Width of the slope from passing to stopping, as a share of the lower Nyquist frequency. */
const SLOPE = 0.12;

/**
 * Changes the rate of PCM by any rational ratio, streaming, with a Kaiser-windowed polyphase FIR filter.
 * Passes up to 0.88 of the lower Nyquist frequency, is 70 dB down from there on; the stream is delayed by half
 * the filter (3–4 ms) and `flush` gives that tail. `n` samples become `ceil(n · toRate / fromRate)`.
 */
export function resampler(fromRate: number, toRate: number): Stage<Int16Array, Int16Array> {
  if (fromRate === toRate) return { push: (input) => [input], flush: () => [] };
  const common = gcd(fromRate, toRate);
  const up = toRate / common;
  const down = fromRate / common;
  const { phases, taps } = polyphase(fromRate, toRate, up);
  const delay = taps >> 1;

  /** Input still needed, oldest first; starts with the silence before the stream. */
  let held = new Float64Array(taps * 4);
  let count = delay;
  /** Where the next output lies: its first input sample in `held`, and its phase. */
  let first = 0;
  let phase = 0;
  let taken = 0;
  let given = 0;

  const keep = (input: Int16Array): void => {
    if (first > 0) {
      held.copyWithin(0, first, count);
      count -= first;
      first = 0;
    }
    if (count + input.length > held.length) {
      const larger = new Float64Array(2 * (count + input.length));
      larger.set(held.subarray(0, count));
      held = larger;
    }
    held.set(input, count);
    count += input.length;
  };

  const convolve = (limit: number): Int16Array => {
    const ready = Math.ceil(((count - first - taps + 1) * up - phase) / down);
    const output = new Int16Array(Math.max(0, Math.min(ready, limit)));
    for (let i = 0; i < output.length; i += 1) {
      const sum =
        up === 1 ? mirrored(phases, taps, held, first) : dot(phases, phase * taps, taps, held, first);
      output[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
      phase += down;
      first += Math.floor(phase / up);
      phase %= up;
    }
    given += output.length;
    return output;
  };

  return {
    push(input) {
      keep(input);
      taken += input.length;
      const output = convolve(Infinity);
      return output.length === 0 ? [] : [output];
    },
    flush() {
      keep(new Int16Array(taps));
      const output = convolve(Math.ceil((taken * up) / down) - given);
      return output.length === 0 ? [] : [output];
    },
  };
}

function dot(row: Float64Array, rowAt: number, taps: number, input: Float64Array, at: number): number {
  let sum = 0;
  for (let k = 0; k < taps; k += 1) sum += (row[rowAt + k] ?? 0) * (input[at + k] ?? 0);
  return sum;
}

/** The same for an only row, whose second half mirrors the first: half the time, on the way of every frame of a call. */
function mirrored(row: Float64Array, taps: number, input: Float64Array, at: number): number {
  const half = taps >> 1;
  const last = at + taps - 1;
  let sum = (row[half] ?? 0) * (input[at + half] ?? 0);
  for (let k = 0; k < half; k += 1) sum += (row[k] ?? 0) * ((input[at + k] ?? 0) + (input[last - k] ?? 0));
  return sum;
}

/** One low-pass filter at `up` times the input rate, dealt out to `up` phases; each row is reversed for a dot product. */
function polyphase(fromRate: number, toRate: number, up: number): { phases: Float64Array; taps: number } {
  const nyquist = Math.min(fromRate, toRate) / 2;
  const slope = SLOPE * nyquist;
  const taps = 2 * Math.ceil((STOP_BAND_DB - 7.95) / (2.285 * 2 * Math.PI * (slope / fromRate)) / 2) + 1;
  const beta = 0.1102 * (STOP_BAND_DB - 8.7);
  const cutoff = (nyquist - slope / 2) / fromRate;
  const phases = new Float64Array(taps * up);
  for (let phase = 0; phase < up; phase += 1) {
    let gain = 0;
    for (let k = 0; k < taps; k += 1) {
      const t = k - (taps >> 1) - phase / up;
      const position = t / (taps / 2);
      const window = Math.abs(position) >= 1 ? 0 : bessel(beta * Math.sqrt(1 - position ** 2)) / bessel(beta);
      const weight = t === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * t) / (Math.PI * t);
      phases[phase * taps + k] = window * weight;
      gain += window * weight;
    }
    for (let k = 0; k < taps; k += 1) phases[phase * taps + k] = (phases[phase * taps + k] ?? 0) / gain;
  }
  return { phases, taps };
}

/** Modified Bessel function of the first kind, order zero. */
function bessel(x: number): number {
  let sum = 1;
  for (let term = 1, k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
