/** Whisper hears 80 bands through windows of 400 samples at 16 kHz. */
const BANDS = 80;
const BINS = 201;
const SAMPLE_RATE = 16_000;

/** Slaney's scale: linear below 1 kHz, logarithmic above. */
const LINEAR_HZ = 200 / 3;
const BREAK_HZ = 1_000;
const BREAK_MEL = BREAK_HZ / LINEAR_HZ;
const LOG_STEP = Math.log(6.4) / 27;

const toMel = (hz: number): number =>
  hz < BREAK_HZ ? hz / LINEAR_HZ : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
const toHz = (mel: number): number =>
  mel < BREAK_MEL ? mel * LINEAR_HZ : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));

/** Whisper's filter bank, one row of 201 weights for each of 80 bands: triangles of equal area on Slaney's mel scale. */
export function melFilters(): {
  readonly bands: number;
  readonly bins: number;
  readonly weights: Float32Array;
} {
  const top = toMel(SAMPLE_RATE / 2);
  const edges = Array.from({ length: BANDS + 2 }, (_, i) => toHz((top * i) / (BANDS + 1)));
  const weights = new Float32Array(BANDS * BINS);
  for (let band = 0; band < BANDS; band += 1) {
    const [low = 0, centre = 0, high = 0] = edges.slice(band, band + 3);
    for (let bin = 0; bin < BINS; bin += 1) {
      const hz = (bin * SAMPLE_RATE) / (2 * (BINS - 1));
      const height = Math.min((hz - low) / (centre - low), (high - hz) / (high - centre));
      weights[band * BINS + bin] = (Math.max(0, height) * 2) / (high - low);
    }
  }
  return { bands: BANDS, bins: BINS, weights };
}
