/** INVITEs reach a carrier with jitter, and it counts them on its side: we keep a tenth below its limit. */
const MARGIN = 1.1;

/** How far apart a trunk's INVITEs are sent. */
export const spacingMs = (callsPerSecond: number): number => (MARGIN * 1000) / callsPerSecond;

/**
 * The instants at which a trunk may send its next INVITEs, `spacingMs` apart (I7), at most `limit` of them
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
  const spacing = spacingMs(callsPerSecond);
  const first = Math.max(now.getTime(), nextSlotAt.getTime());
  const free = Math.floor((now.getTime() + horizonMs - first) / spacing) + 1;
  const count = Math.max(0, Math.min(limit, free));
  return {
    slots: Array.from({ length: count }, (_, index) => new Date(first + index * spacing)),
    nextSlotAt: count > 0 ? new Date(Math.ceil(first + count * spacing)) : nextSlotAt,
  };
}
