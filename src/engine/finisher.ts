import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Connection } from '../db/database.ts';
import { type Ended, type Finished, finishAttempts } from '../db/finish.ts';

/** How often an end that the database did not take is written again. */
const RETRY_MS = 1000;

/**
 * Returns a function that writes the end of an attempt and resolves when it is durable. Ends that come while others
 * are being written wait and share the next transaction; when the database is away they are written again until it
 * is back (F8): ending twice does no harm (I5).
 */
export function createFinisher(parts: {
  db: Connection;
  log: Logger;
  onFinished: (finished: readonly Finished[]) => Promise<void>;
}): (ended: Ended) => Promise<void> {
  let waiting: Ended[] = [];
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    const batch = waiting;
    waiting = [];
    writing = null;
    for (;;) {
      try {
        const finished = await finishAttempts(parts.db, batch);
        return await parts.onFinished(finished);
      } catch (error) {
        parts.log.error({ err: error }, 'ends of calls could not be written; trying again');
        await sleep(RETRY_MS);
      }
    }
  }

  let last: Promise<void> = Promise.resolve();
  return async (ended) => {
    waiting.push(ended);
    writing ??= last = last.then(write);
    await writing;
  };
}
