/** The named percentiles of the values, nearest rank, to a hundredth: `{ p50: …, p99: … }`. */
export function percentiles(values: readonly number[], names: readonly number[]): Record<string, number> {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent: number): number => sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? NaN;
  return Object.fromEntries(names.map((name) => [`p${name}`, Math.round(at(name) * 100) / 100]));
}
