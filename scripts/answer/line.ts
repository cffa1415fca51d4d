/** A telephone line made of numbers: a float timeline in, what G.711 leaves of it out. */
import { encodeALaw, encodeMuLaw } from '../../src/audio/g711.ts';
import type { Random } from './random.ts';

/** Samples per second on the line. */
export const RATE = 8_000;

const FULL_SCALE_DBM0 = 3.17;
const FRAME = RATE / 50;

/** Amplitude (1 is full scale) of a sine of this level. */
const amplitudeOf = (dbm0: number): number => 10 ** ((dbm0 - FULL_SCALE_DBM0) / 20);

/** How a line treats what it carries. */
export interface Line {
  readonly codec: 'mulaw' | 'alaw';
  /** Share of 20 ms frames lost, and what the receiver hears instead. */
  readonly loss: number;
  readonly concealment: 'silence' | 'repeat';
  readonly noiseDbm0: number;
  readonly narrow: boolean;
}

/** A line as they come: mostly clean, sometimes noisy, lossy or narrow. */
export function drawLine(random: Random): Line {
  return {
    codec: random.chance(0.5) ? 'mulaw' : 'alaw',
    loss: random.chance(0.6) ? 0 : random.pick([0.01, 0.01, 0.03, 0.05]),
    concealment: random.chance(0.5) ? 'silence' : 'repeat',
    noiseDbm0: random.between(-72, -48),
    narrow: random.chance(0.6),
  };
}

/** Lays PCM over a timeline so that its active part has the level given. */
export function lay(timeline: Float64Array, samples: Int16Array, atMs: number, dbm0: number): number {
  const start = Math.round((atMs * RATE) / 1_000);
  const gain = (amplitudeOf(dbm0) * Math.SQRT1_2) / Math.max(1e-9, activeRms(samples));
  for (let i = 0; i < samples.length && start + i < timeline.length; i += 1) {
    timeline[start + i] = (timeline[start + i] ?? 0) + (gain * (samples[i] ?? 0)) / 32_768;
  }
  return atMs + (samples.length * 1_000) / RATE;
}

/** Lays sines of equal level over a timeline, with 3 ms slopes. */
export function layTone(
  timeline: Float64Array,
  hz: readonly number[],
  atMs: number,
  ms: number,
  dbm0: number,
): number {
  const start = Math.round((atMs * RATE) / 1_000);
  const length = Math.round((ms * RATE) / 1_000);
  const slope = RATE * 0.003;
  const amplitude = amplitudeOf(dbm0);
  for (let i = 0; i < length && start + i < timeline.length; i += 1) {
    const edge = Math.min(1, i / slope, (length - i) / slope);
    let sum = 0;
    for (const each of hz) sum += Math.sin((2 * Math.PI * each * i) / RATE);
    timeline[start + i] = (timeline[start + i] ?? 0) + edge * amplitude * sum;
  }
  return atMs + ms;
}

/** Sends a timeline over the line; the G.711 codes that arrive. */
export function transmit(timeline: Float64Array, line: Line, random: Random): Uint8Array {
  if (line.narrow) narrow(timeline);
  const noise = amplitudeOf(line.noiseDbm0) * Math.SQRT1_2;
  const samples = Int16Array.from(timeline, (value) =>
    Math.max(-32_768, Math.min(32_767, Math.round(32_768 * (value + noise * random.normal())))),
  );
  const codes = line.codec === 'mulaw' ? encodeMuLaw(samples) : encodeALaw(samples);
  const silence = line.codec === 'mulaw' ? 0xff : 0xd5;
  for (let at = FRAME; at + FRAME <= codes.length && line.loss > 0; at += FRAME) {
    if (!random.chance(line.loss)) continue;
    if (line.concealment === 'silence') codes.fill(silence, at, at + FRAME);
    else codes.copyWithin(at, at - FRAME, at);
  }
  return codes;
}

/** Root mean square of the 20 ms frames within 25 dB of the loudest, full scale being 1. */
function activeRms(samples: Int16Array): number {
  const powers: number[] = [];
  for (let at = 0; at < samples.length; at += FRAME) {
    const frame = samples.subarray(at, at + FRAME);
    powers.push(frame.reduce((sum, sample) => sum + (sample / 32_768) ** 2, 0) / frame.length);
  }
  const active = powers.filter((power) => power >= Math.max(...powers) / 316);
  return Math.sqrt(active.reduce((sum, power) => sum + power, 0) / Math.max(1, active.length));
}

/** First-order slopes at 300 and 3400 Hz, as an old exchange has them. */
function narrow(timeline: Float64Array): void {
  const high = Math.exp((-2 * Math.PI * 300) / RATE);
  const low = 1 - Math.exp((-2 * Math.PI * 3_400) / RATE);
  let last = 0;
  let passed = 0;
  let smooth = 0;
  for (let i = 0; i < timeline.length; i += 1) {
    const value = timeline[i] ?? 0;
    passed = high * (passed + value - last);
    last = value;
    smooth += low * (passed - smooth);
    timeline[i] = smooth;
  }
}

/** A WAV file of G.711 codes, just as they came over the line. */
export function g711Wav(codes: Uint8Array, codec: Line['codec']): Uint8Array {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + codes.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(codec === 'mulaw' ? 7 : 6, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(codes.length, 40);
  return Buffer.concat([header, codes]);
}
