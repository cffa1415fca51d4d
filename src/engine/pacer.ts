import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Keeps INVITEs of one trunk apart on the wire (I7): slots are booked in the database, but a busy event loop may
 * reach several of them at once.
 */
export interface Pacer {
  /**
   * Resolves at `at` (on the clock of `performance.now()`) or when the trunk's last INVITE is `spacingMs` past,
   * whichever is later; to the milliseconds that it is late.
   */
  turn(trunkId: string, at: number, spacingMs: number): Promise<number>;
}

/** One pacer for all trunks of a dialer. */
export function createPacer(): Pacer {
  const freeAt = new Map<string, number>();
  return {
    async turn(trunkId, at, spacingMs) {
      const turnAt = Math.max(at, freeAt.get(trunkId) ?? 0, performance.now());
      freeAt.set(trunkId, turnAt + spacingMs);
      for (let wait = turnAt - performance.now(); wait > 0; wait = turnAt - performance.now())
        await sleep(wait);
      return performance.now() - at;
    },
  };
}
