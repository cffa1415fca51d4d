/** Line signals made for the tests: 8 kHz PCM with seeded noise. */

const RATE = 8_000;
const FULL_SCALE_DBM0 = 3.17;

/** Sines at once, each at `dbm0`, over noise. */
export function tone(hz: readonly number[], ms: number, dbm0: number, noiseDbm0 = -65): Int16Array {
  const amplitude = 32_768 * 10 ** ((dbm0 - FULL_SCALE_DBM0) / 20);
  const noise = noiseOf(ms, noiseDbm0);
  return noise.map((sample, i) => {
    const sum = hz.reduce((total, each) => total + Math.sin((2 * Math.PI * each * i) / RATE), 0);
    return Math.max(-32_768, Math.min(32_767, sample + amplitude * sum));
  });
}

/** White noise alone. */
export function noiseOf(ms: number, dbm0 = -65): Int16Array {
  const random = seeded(ms + 1);
  const peak = 32_768 * 10 ** ((dbm0 - FULL_SCALE_DBM0) / 20) * Math.sqrt(1.5);
  return Int16Array.from({ length: (RATE * ms) / 1_000 }, () => peak * (2 * random() - 1));
}

/** Something with a voice's rhythm and spectrum: a buzz of harmonics in syllables of 180 ms. */
export function babble(ms: number, dbm0 = -18, noiseDbm0 = -65): Int16Array {
  const amplitude = 32_768 * 10 ** ((dbm0 - FULL_SCALE_DBM0) / 20) * 0.7;
  const noise = noiseOf(ms, noiseDbm0);
  return noise.map((sample, i) => {
    const seconds = i / RATE;
    const envelope = Math.sin((Math.PI * seconds) / 0.18) ** 2;
    const pitch = 130 + 25 * Math.sin(7 * seconds);
    let sum = 0;
    for (let harmonic = 2; harmonic < 20; harmonic += 1) {
      sum += Math.sin(2 * Math.PI * pitch * harmonic * seconds) / Math.sqrt(harmonic);
    }
    return Math.max(-32_768, Math.min(32_767, sample + (amplitude * envelope * sum) / 2));
  });
}

/** One signal after the other. */
export function inTurn(...parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
