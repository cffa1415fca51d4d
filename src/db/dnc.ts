import { sql } from 'kysely';
import type { Database } from './database.ts';
import { type PageRequest, toPage } from './page.ts';

const columns = ['id', 'number', 'campaignId', 'source', 'reason', 'createdAt'] as const;

/** Makes the transaction wait for, and then keep out, every other claim or DNC entry of this number (I4). */
export async function lockNumber(tx: Database, { number }: { number: string }): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${number}, 0))`.execute(tx);
}

/** Adds a do-not-call entry, everywhere if the campaign is null; undefined if it is there already. */
export async function insertDnc(
  tx: Database,
  entry: {
    number: string;
    campaignId: string | null;
    source: 'operator' | 'callee' | 'import';
    reason: string;
  },
) {
  return tx
    .insertInto('dnc')
    .values(entry)
    .onConflict((conflict) => conflict.columns(['number', 'campaignId']).doNothing())
    .returning(columns)
    .executeTakeFirst();
}

/** The entry of just this number and campaign (null: everywhere). */
export async function findDncEntry(
  db: Database,
  { number, campaignId }: { number: string; campaignId: string | null },
) {
  return db
    .selectFrom('dnc')
    .select(columns)
    .where('number', '=', number)
    .where('campaignId', 'is not distinct from', campaignId)
    .executeTakeFirst();
}

/** The entries, newest first; of one number if given. */
export async function listDnc(
  db: Database,
  { limit, after, number }: PageRequest<number> & { number: string | undefined },
) {
  let found = db.selectFrom('dnc').select([...columns, 'id as place']);
  if (after !== undefined) found = found.where('id', '<', after);
  if (number !== undefined) found = found.where('number', '=', number);
  const rows = await found
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ place }) => place);
}

/** Removes an entry that an operator made for all campaigns; what a callee asked for or a list brought stays. */
export async function deleteOperatorDnc(
  db: Database,
  { id }: { id: number },
): Promise<'deleted' | 'missing' | 'kept'> {
  const { numDeletedRows } = await db
    .deleteFrom('dnc')
    .where('id', '=', id)
    .where('campaignId', 'is', null)
    .where('source', '=', 'operator')
    .executeTakeFirstOrThrow();
  if (numDeletedRows > 0n) return 'deleted';
  const there = await db.selectFrom('dnc').select('id').where('id', '=', id).executeTakeFirst();
  return there ? 'kept' : 'missing';
}

/** The live attempts at a number, of one campaign or (null) of all. */
export async function liveAttemptsAt(
  db: Database,
  { number, campaignId }: { number: string; campaignId: string | null },
): Promise<string[]> {
  let found = db
    .selectFrom('attempts')
    .select('id')
    .where('number', '=', number)
    .where('endedAt', 'is', null);
  if (campaignId !== null) found = found.where('campaignId', '=', campaignId);
  const rows = await found.execute();
  return rows.map(({ id }) => id);
}
