import type { Stage } from '../audio/stage.ts';

/** Samples per second inside this room: the far end is a telephone, whatever rate the PBX hands on. */
export const LINE_RATE = 8_000;

/** Milliseconds from one spectral frame to the next. */
export const HOP_MS = 10;

const HOP = (LINE_RATE * HOP_MS) / 1_000;
const SIZE = 256;
const BIN_HZ = LINE_RATE / SIZE;

/** A sine at digital full scale carries 3.17 dBm0 (ITU-T G.711, µ-law). */
const FULL_SCALE_DBM0 = 3.17;

/** A Hann window's main lobe is two bins to each side. */
const LOBE = 2;

/** One 32 ms look at the line, every 10 ms. */
export interface SpectralFrame {
  /** Milliseconds from the first sample to the end of this window. */
  readonly atMs: number;
  /** Level of the last 10 ms in dBm0, over the whole band; -90 for digital silence. */
  readonly levelDbm0: number;
  /** Frequency of the strongest spectral peak in Hz. */
  readonly peakHz: number;
  /** Level of that peak in dBm0. */
  readonly peakDbm0: number;
  /** The peak's share of all power from 200 Hz up: 1 for a sine, under 0.6 for two tones or a voice. */
  readonly purity: number;
}

/** Looks at 8 kHz PCM of any chunk size through a sliding Hann window. */
export function spectralFrames(): Stage<Int16Array, SpectralFrame> {
  const ring = new Float64Array(SIZE);
  const real = new Float64Array(SIZE);
  const imaginary = new Float64Array(SIZE);
  let taken = 0;

  const look = (): SpectralFrame => {
    for (let i = 0; i < SIZE; i += 1) {
      real[i] = (ring[(taken + i) % SIZE] ?? 0) * (hann[i] ?? 0);
      imaginary[i] = 0;
    }
    transform(real, imaginary);
    const power = (bin: number): number => (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2;
    let total = 0;
    let peak = FIRST_BIN;
    for (let bin = FIRST_BIN; bin <= LAST_BIN; bin += 1) {
      total += power(bin);
      if (power(bin) > power(peak)) peak = bin;
    }
    let lobe = 0;
    for (let bin = peak - LOBE; bin <= peak + LOBE; bin += 1) lobe += bin < FIRST_BIN ? 0 : power(bin);
    return {
      atMs: (taken * 1_000) / LINE_RATE,
      levelDbm0: dbm0(meanSquare(ring, taken)),
      peakHz: (peak + offset(power(peak - 1), power(peak), power(peak + 1))) * BIN_HZ,
      peakDbm0: dbm0((2 * lobe) / (SIZE * HANN_ENERGY)),
      purity: total > 0 ? lobe / total : 0,
    };
  };

  return {
    push(input) {
      const frames: SpectralFrame[] = [];
      for (const sample of input) {
        ring[taken % SIZE] = sample / 32_768;
        taken += 1;
        if (taken % HOP === 0) frames.push(look());
      }
      return frames;
    },
    flush: () => [],
  };
}

const FIRST_BIN = Math.floor(200 / BIN_HZ);
const LAST_BIN = SIZE / 2 - 2;
const hann = Float64Array.from({ length: SIZE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE));
const HANN_ENERGY = hann.reduce((sum, weight) => sum + weight * weight, 0);

/** Mean square of the newest hop in the ring. */
function meanSquare(ring: Float64Array, taken: number): number {
  let sum = 0;
  for (let i = 0; i < HOP; i += 1) sum += (ring[(taken - 1 - i + SIZE) % SIZE] ?? 0) ** 2;
  return sum / HOP;
}

function dbm0(meanSquare: number): number {
  return Math.max(-90, 10 * Math.log10(2 * meanSquare) + FULL_SCALE_DBM0);
}

/** Where the peak lies between bins: a parabola through the logarithms, which suits the Hann window to about 1 Hz. */
function offset(below: number, at: number, above: number): number {
  if (below <= 0 || at <= 0 || above <= 0) return 0;
  const [a, b, c] = [Math.log(below), Math.log(at), Math.log(above)];
  return a - 2 * b + c < 0 ? Math.max(-0.5, Math.min(0.5, (0.5 * (a - c)) / (a - 2 * b + c))) : 0;
}

const cosines = Float64Array.from({ length: SIZE / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / SIZE));
const sines = Float64Array.from({ length: SIZE / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / SIZE));
const reversed = Uint16Array.from({ length: SIZE }, (_, i) => {
  let bits = 0;
  for (let bit = 1, from = SIZE >> 1; bit < SIZE; bit <<= 1, from >>= 1) if (i & bit) bits |= from;
  return bits;
});

/** Radix-2 Fourier transform of 256 real points, in place; `imaginary` holds zeros. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  for (let i = 0; i < SIZE; i += 1) {
    const j = reversed[i] ?? 0;
    if (j <= i) continue;
    const kept = real[i] ?? 0;
    real[i] = real[j] ?? 0;
    real[j] = kept;
  }
  for (let half = 1; half < SIZE; half <<= 1) {
    const stride = SIZE / (2 * half);
    for (let start = 0; start < SIZE; start += 2 * half) {
      for (let k = 0; k < half; k += 1) {
        const c = cosines[k * stride] ?? 0;
        const s = sines[k * stride] ?? 0;
        const upper = start + k;
        const lower = upper + half;
        const re = (real[lower] ?? 0) * c - (imaginary[lower] ?? 0) * s;
        const im = (real[lower] ?? 0) * s + (imaginary[lower] ?? 0) * c;
        real[lower] = (real[upper] ?? 0) - re;
        imaginary[lower] = (imaginary[upper] ?? 0) - im;
        real[upper] = (real[upper] ?? 0) + re;
        imaginary[upper] = (imaginary[upper] ?? 0) + im;
      }
    }
  }
}
