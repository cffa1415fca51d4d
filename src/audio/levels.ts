const FULL_SCALE = 32_768;

/** Level of the samples in dB below full scale, by root mean square; -Infinity for digital silence. */
export function rmsDbfs(samples: Int16Array): number {
  let sum = 0;
  // By index: `for … of` leaves a boxed number of garbage for each sample.
  for (let i = 0; i < samples.length; i += 1) sum += (samples[i] ?? 0) ** 2;
  return 10 * Math.log10(sum / Math.max(1, samples.length) / FULL_SCALE ** 2);
}
