import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Keeps INVITEs of one trunk apart on the wire (I7): slots are booked in the database, but a busy event loop may
 * reach several of them at once.
 */
export interface Pacer {
  /** Resolves at `at` or when the trunk's last INVITE is `spacingMs` past, whichever is later. */
  turn(trunkId: string, at: Date, spacingMs: number): Promise<void>;
}

/** One pacer for all trunks of a dialer. */
export function createPacer(): Pacer {
  const freeAt = new Map<string, number>();
  return {
    async turn(trunkId, at, spacingMs) {
      const turnAt = Math.max(at.getTime(), freeAt.get(trunkId) ?? 0, Date.now());
      freeAt.set(trunkId, turnAt + spacingMs);
      for (let wait = turnAt - Date.now(); wait > 0; wait = turnAt - Date.now()) await sleep(wait);
    },
  };
}
