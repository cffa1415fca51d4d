import { sql } from 'kysely';
import type { Columns } from '../contact/columns.ts';
import type { ImportCounts } from '../contact/list.ts';
import type { Database } from './database.ts';

const columns = [
  'id',
  'fileName',
  'state',
  'mapping',
  'defaultCountry',
  'counts',
  'problem',
  'createdAt',
  'committedAt',
] as const;

/** Begins an import, whose rows are still to be read. */
export async function insertImport(
  db: Database,
  {
    fileName,
    mapping,
    defaultCountry,
  }: { fileName: string; mapping: Columns; defaultCountry: string | null },
): Promise<string> {
  const { id } = await db
    .insertInto('imports')
    .values({ fileName, mapping: JSON.stringify(mapping), defaultCountry })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The import, undefined if there is none. */
export async function findImport(db: Database, { id }: { id: string }) {
  return db.selectFrom('imports').select(columns).where('id', '=', id).executeTakeFirst();
}

/** The import, kept from every other change until the transaction ends. */
export async function lockImport(tx: Database, { id }: { id: string }) {
  return tx.selectFrom('imports').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Says that all rows are read and judged. */
export async function markStaged(
  tx: Database,
  {
    id,
    counts,
    mapping,
    defaultCountry,
  }: { id: string; counts: ImportCounts; mapping: Columns; defaultCountry: string | null },
): Promise<void> {
  await tx
    .updateTable('imports')
    .set({
      state: 'staged',
      counts: JSON.stringify(counts),
      mapping: JSON.stringify(mapping),
      defaultCountry,
    })
    .where('id', '=', id)
    .execute();
}

/** Says that the list has become contacts. */
export async function markCommitted(
  tx: Database,
  { id, counts }: { id: string; counts: ImportCounts },
): Promise<void> {
  await tx
    .updateTable('imports')
    .set({ state: 'committed', counts: JSON.stringify(counts), committedAt: sql`now()` })
    .where('id', '=', id)
    .execute();
}

/** Gives an import up for a reason that the person who uploaded the list can read. */
export async function markFailed(
  tx: Database,
  { id, problem }: { id: string; problem: string },
): Promise<void> {
  await tx.deleteFrom('importRows').where('importId', '=', id).execute();
  await tx.updateTable('imports').set({ state: 'failed', problem }).where('id', '=', id).execute();
}

/** Removes an import with its rows; contacts that it has made stay. */
export async function deleteImport(db: Database, { id }: { id: string }): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('imports').where('id', '=', id).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Removes imports that nobody has committed for a day, those that a crash cut short among them. */
export async function deleteAbandonedImports(db: Database): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('imports')
    .where('state', '<>', 'committed')
    .where('createdAt', '<', sql<Date>`now() - interval '1 day'`)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
