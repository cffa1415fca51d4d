/** What a row of a list is worth: to be called, known already, refused, or on the do-not-call list. */
export const verdicts = ['accepted', 'duplicate', 'invalid', 'dnc'] as const;

/** One of them. */
export type Verdict = (typeof verdicts)[number];

/** How many rows a list has of each verdict, and how many of the accepted carry a name. */
export type ListCounts = Readonly<Record<Verdict, number>> & { readonly named: number };

/** What came of a list: its rows by verdict and, once it is committed, the contacts and leads made of them. */
export type ImportCounts = ListCounts & { readonly contacts?: number; readonly leads?: number };

/** How good a list is; all but `rows` are shares of its rows, `named` is a share of the accepted ones. */
export type ListQuality = {
  readonly rows: number;
  readonly valid: number;
  readonly unique: number;
  readonly callable: number;
  readonly named: number;
};

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Rates a list: numbers that exist, numbers that stand once, numbers that may be called, names present. */
export function rateList(counts: ListCounts): ListQuality {
  const rows = verdicts.reduce((sum, verdict) => sum + counts[verdict], 0);
  return {
    rows,
    valid: share(rows - counts.invalid, rows),
    unique: share(rows - counts.duplicate, rows),
    callable: share(rows - counts.dnc, rows),
    named: share(counts.named, counts.accepted),
  };
}

/**
 * Finds numbers that stand twice in a list: the result is the row in which the number stood first, or null.
 * Numbers are kept as numerals (fifteen digits fit), since a long list of strings costs several times the memory.
 */
export function createDeduper(): (number: string, row: number) => number | null {
  const rows = new Map<number, number>();
  return (number, row) => {
    const numeral = Number(number);
    const first = rows.get(numeral);
    if (first === undefined) rows.set(numeral, row);
    return first ?? null;
  };
}
