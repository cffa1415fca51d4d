/** A seeded source of chance: the same seed gives the same corpus on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  between(from: number, to: number): number;
  integer(below: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
  /** Log-normal around `median`, kept within the limits. */
  around(median: number, sigma: number, from: number, to: number): number;
  normal(): number;
}

/** Mulberry32, seeded by a text. */
export function randomOf(seed: string): Random {
  let state = 2_166_136_261;
  for (const letter of seed) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 16_777_619);

  const next = (): number => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const integer = (below: number): number => Math.floor(next() * below);
  return {
    next,
    normal,
    integer,
    between: (from, to) => from + (to - from) * next(),
    pick: (items) => {
      const item = items[integer(items.length)];
      if (item === undefined) throw new Error('There is nothing to pick from.');
      return item;
    },
    chance: (probability) => next() < probability,
    around: (median, sigma, from, to) => Math.min(to, Math.max(from, median * Math.exp(sigma * normal()))),
  };
}
