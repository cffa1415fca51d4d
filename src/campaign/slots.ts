/**
 * The instants at which a trunk may send its next INVITEs, `1 / callsPerSecond` apart (I7), at most `limit` of them
 * and none later than `horizonMs` from now. `nextSlotAt` is the trunk's first free slot, kept in the database, so
 * the rate also holds across restarts and instances.
 */
export function bookSlots(
  now: Date,
  nextSlotAt: Date,
  callsPerSecond: number,
  limit: number,
  horizonMs: number,
): { readonly slots: readonly Date[]; readonly nextSlotAt: Date } {
  const spacingMs = 1000 / callsPerSecond;
  const first = Math.max(now.getTime(), nextSlotAt.getTime());
  const free = Math.floor((now.getTime() + horizonMs - first) / spacingMs) + 1;
  const count = Math.max(0, Math.min(limit, free));
  return {
    slots: Array.from({ length: count }, (_, index) => new Date(first + index * spacingMs)),
    nextSlotAt: count > 0 ? new Date(Math.ceil(first + count * spacingMs)) : nextSlotAt,
  };
}
