import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { TransferOutcome } from '../call/transfer.ts';
import { bookSlots } from '../campaign/slots.ts';
import type { TransferTarget } from '../conversation/tools.ts';
import type { Database } from './database.ts';
import type { DB } from './generated.ts';

/** A call to a target that holds its channel and its slot on the trunk. */
export interface ClaimedTransfer {
  readonly id: string;
  /** Until its slot, by the database's clock. */
  readonly waitMs: number;
}

/** A slot that is further away than this is too late for a callee who waits. */
const HORIZON_MS = 3000;

/**
 * Books a call to one of the team's own people on the trunk of a live call, under the same lock and limits as any other
 * (I7): null when the trunk is paused, has no channel or slot free, or may not dial the number. The do-not-call list,
 * windows and caps are for callees and not looked at.
 */
export async function claimTransfer(
  db: Kysely<DB>,
  { callId, trunkId, target }: { callId: string; trunkId: string; target: TransferTarget },
): Promise<ClaimedTransfer | null> {
  return await db.transaction().execute(async (tx) => {
    const trunk = await tx
      .selectFrom('trunks')
      .select(['channels', 'callsPerSecond', 'nextSlotAt', 'allowedPrefixes'])
      .where('id', '=', trunkId)
      .where('pausedBecause', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!trunk || !trunk.allowedPrefixes.some((prefix) => target.number.startsWith(prefix))) return null;
    const { now, live } = await readTrunk(tx, { trunkId });
    const room = Math.min(1, trunk.channels - live);
    const booked = bookSlots(now, trunk.nextSlotAt, trunk.callsPerSecond, room, HORIZON_MS);
    const [dialAt] = booked.slots;
    if (!dialAt) return null;
    const id = randomUUID();
    await tx
      .insertInto('transfers')
      .values({ id, callId, trunkId, target: target.id, number: target.number, dialAt })
      .execute();
    await tx.updateTable('trunks').set({ nextSlotAt: booked.nextSlotAt }).where('id', '=', trunkId).execute();
    return { id, waitMs: dialAt.getTime() - now.getTime() };
  });
}

/** The channels of a trunk that are taken: by attempts, by what live ones have put through, by calls that came in. */
async function readTrunk(tx: Database, { trunkId }: { trunkId: string }) {
  const { rows } = await sql<{ now: Date; live: number }>`
    select clock_timestamp() as now, ${liveOnTrunk(trunkId)} as live
  `.execute(tx);
  return rows[0] ?? { now: new Date(0), live: Infinity };
}

/** How many channels of a trunk are taken; the transfer of a call that is over takes none. */
export const liveOnTrunk = (trunkId: string) => sql<number>`(
  (select count(*) from attempts where trunk_id = ${trunkId} and ended_at is null)
  + (select count(*) from transfers t join attempts a on a.id = t.call_id
      where t.trunk_id = ${trunkId} and t.ended_at is null and a.ended_at is null)
  + (select count(*) from inbound_calls where trunk_id = ${trunkId} and ended_at is null))`;

/** Writes how a transfer ended; once. */
export async function endTransfer(
  db: Database,
  { id, outcome }: { id: string; outcome: TransferOutcome },
): Promise<void> {
  await db
    .updateTable('transfers')
    .set({ outcome, endedAt: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .execute();
}

/** To whom a call was put through, or was to be, in order. */
export async function listTransfers(db: Database, { callId }: { callId: string }) {
  return db
    .selectFrom('transfers')
    .select(['target', 'number', 'dialAt', 'endedAt', 'outcome'])
    .where('callId', '=', callId)
    .orderBy('dialAt')
    .execute();
}
