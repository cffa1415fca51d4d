/** How long to wait before the next try, in milliseconds: doubles from `firstMs` to `mostMs`, with jitter. */
export function backoffMs({
  failures,
  firstMs,
  mostMs,
  random,
}: {
  /** Tries that failed in a row, 1 or more. */
  readonly failures: number;
  readonly firstMs: number;
  readonly mostMs: number;
  /** From 0 to 1. */
  readonly random: number;
}): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
  // Half of it is jitter, so that many clients of one Asterisk don't come back at once.
  return full * (0.5 + random / 2);
}
