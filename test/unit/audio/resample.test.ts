import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { resampler } from '../../../src/audio/resample.ts';

const AMPLITUDE = 20_000;

const tone = (hz: number, rate: number): Int16Array =>
  Int16Array.from({ length: rate }, (_, i) =>
    Math.round(AMPLITUDE * Math.sin((2 * Math.PI * hz * i) / rate)),
  );

function resample(input: Int16Array, fromRate: number, toRate: number, chunk: number): Int16Array {
  const stage = resampler(fromRate, toRate);
  const parts: Int16Array[] = [];
  for (let at = 0; at < input.length; at += chunk) parts.push(...stage.push(input.subarray(at, at + chunk)));
  parts.push(...stage.flush());
  return Int16Array.from(parts.flatMap((part) => Array.from(part)));
}

/** Level of one frequency in dB relative to the input tone, over a second without its ends. */
function levelAt(hz: number, samples: Int16Array, rate: number): number {
  let re = 0;
  let im = 0;
  const inner = samples.subarray(rate / 10, rate - rate / 10);
  for (const [i, sample] of inner.entries()) {
    re += sample * Math.cos((2 * Math.PI * hz * i) / rate);
    im += sample * Math.sin((2 * Math.PI * hz * i) / rate);
  }
  return 20 * Math.log10((2 * Math.hypot(re, im)) / inner.length / AMPLITUDE);
}

const rates = [
  [22_050, 16_000],
  [16_000, 8_000],
  [8_000, 16_000],
  [24_000, 16_000],
  [16_000, 22_050],
] as const;

test.each(rates)('%i → %i Hz keeps speech within 0.1 dB', (from, to) => {
  for (const hz of [100, 300, 1_000, 3_000, 3_400]) {
    expect(levelAt(hz, resample(tone(hz, from), from, to, from / 50), to)).toBeCloseTo(0, 1);
  }
});

test.each([
  [22_050, 16_000, 8_000],
  [22_050, 16_000, 9_000],
  [22_050, 16_000, 10_900],
  [24_000, 16_000, 8_200],
  [16_000, 8_000, 4_200],
  [16_000, 8_000, 5_000],
  [16_000, 8_000, 7_800],
])('%i → %i Hz: a tone of %i Hz, too high for the output, comes back below -60 dB', (from, to, hz) => {
  const alias = Math.abs(hz - to);
  expect(levelAt(alias, resample(tone(hz, from), from, to, 441), to)).toBeLessThan(-60);
});

test.each([
  [8_000, 16_000, 300],
  [8_000, 16_000, 3_400],
  [16_000, 22_050, 6_000],
])('%i → %i Hz: the mirror image of %i Hz stays below -60 dB', (from, to, hz) => {
  expect(levelAt(from - hz, resample(tone(hz, from), from, to, 320), to)).toBeLessThan(-60);
});

test('the output neither depends on how the input is cut nor on time: n samples become ceil(n · to / from)', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...rates),
      fc.int16Array({ minLength: 1, maxLength: 2_000 }),
      fc.integer({ min: 1, max: 700 }),
      ([from, to], input, chunk) => {
        const whole = resample(input, from, to, input.length);
        expect(whole).toEqual(resample(input, from, to, chunk));
        expect(whole).toHaveLength(Math.ceil((input.length * to) / from));
      },
    ),
    { numRuns: 50 },
  );
});

test('a click keeps its place', () => {
  const click = new Int16Array(4_000);
  click[2_000] = 30_000;
  const output = resample(click, 8_000, 16_000, 160);
  expect(output.indexOf(Math.max(...output))).toBe(4_000);
});

test('equal rates pass untouched', () => {
  const input = Int16Array.of(1, -2, 3);
  expect(resampler(16_000, 16_000).push(input)).toEqual([input]);
});
