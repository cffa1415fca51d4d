import { FEATURES } from './features.ts';

/** Probability that the voice with these features is a person's rather than a recording's. */
export function humanProbability(features: Float32Array): number {
  const value = (name: (typeof FEATURES)[number]): number => features[FEATURES.indexOf(name)] ?? 0;
  const talked = value('spoken') - 3.2;
  const waited = Math.min(2, value('quietNow')) + Math.min(1.5, value('longestPause'));
  return 1 / (1 + Math.exp(1.8 * talked - 1.2 * waited));
}
