import type { Connection } from '../db/database.ts';
import { findDncEntry, insertDnc, liveAttemptsAt, lockNumber } from '../db/dnc.ts';
import type { CallCommands } from './commands.ts';

/**
 * Puts a number on the do-not-call list of one campaign or (null) of all, and ends the live attempts at it. When
 * this resolves no claim can dial the number any more (I4). `added` is false if the entry was there before.
 */
export async function listAsDnc(
  db: Connection,
  calls: Pick<CallCommands, 'cancel'>,
  entry: Parameters<typeof insertDnc>[1],
) {
  const { added, live } = await db.transaction().execute(async (tx) => {
    await lockNumber(tx, entry);
    const added = await insertDnc(tx, entry);
    return { added, live: await liveAttemptsAt(tx, entry) };
  });
  if (live.length > 0) calls.cancel(live, 'dnc');
  return { added: added !== undefined, entry: added ?? (await findDncEntry(db, entry)) };
}
