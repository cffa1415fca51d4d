import { sql } from 'kysely';
import type { JudgedRow } from '../contact/judge.ts';
import type { ListCounts, Verdict } from '../contact/list.ts';
import type { Database } from './database.ts';
import { type Page, toPage } from './page.ts';

/** Why rows that were accepted by themselves are not, as a sentence for whoever made the list. */
const databaseReasons = {
  dnc: 'The number is on the do-not-call list.',
  known: 'The number is already a contact.',
} as const;

// One JSON document per batch costs a fifth of what six array parameters cost to quote and parse.
const asRows = (rows: readonly JudgedRow[]) => sql`
  jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as batch(
    "rowNumber" integer, verdict import_verdict, reason text, number text, contact jsonb, raw jsonb
  )`;

/** Adds a batch of rows to an import. */
export async function insertRows(
  db: Database,
  { importId, rows }: { importId: string; rows: readonly JudgedRow[] },
): Promise<void> {
  await sql`
    insert into import_rows (import_id, row_number, verdict, reason, number, contact, raw)
    select ${importId}, "rowNumber", verdict, reason, number, contact, raw from ${asRows(rows)}
  `.execute(db);
}

/** Judges a batch of rows anew. */
export async function updateRows(
  tx: Database,
  { importId, rows }: { importId: string; rows: readonly JudgedRow[] },
): Promise<void> {
  await sql`
    update import_rows
    set verdict = batch.verdict, reason = batch.reason, number = batch.number, contact = batch.contact
    from ${asRows(rows)}
    where import_id = ${importId} and row_number = batch."rowNumber"
  `.execute(tx);
}

/** The next rows of an import as they stood in the file. */
export async function readRaw(
  db: Database,
  { importId, after, limit }: { importId: string; after: number; limit: number },
): Promise<{ readonly rowNumber: number; readonly raw: readonly string[] }[]> {
  return db
    .selectFrom('importRows')
    .select(['rowNumber', 'raw'])
    .where('importId', '=', importId)
    .where('rowNumber', '>', after)
    .orderBy('rowNumber')
    .limit(limit)
    .execute();
}

/** Takes out of the accepted rows what must not be called and what is known already. */
export async function judgeByDatabase(tx: Database, { importId }: { importId: string }): Promise<void> {
  await sql`
    update import_rows set verdict = 'dnc', reason = ${databaseReasons.dnc}
    where import_id = ${importId} and verdict in ('accepted', 'duplicate')
      and number in (select dnc.number from dnc where dnc.campaign_id is null)
  `.execute(tx);
  await sql`
    update import_rows set verdict = 'duplicate', reason = ${databaseReasons.known}
    where import_id = ${importId} and verdict = 'accepted'
      and number in (select contact_numbers.number from contact_numbers)
  `.execute(tx);
}

/** Counts the rows by verdict, and how many of the accepted carry a name. */
export async function countRows(db: Database, { importId }: { importId: string }): Promise<ListCounts> {
  const { rows } = await sql<ListCounts>`
    select
      count(*) filter (where verdict = 'accepted') as accepted,
      count(*) filter (where verdict = 'duplicate') as duplicate,
      count(*) filter (where verdict = 'invalid') as invalid,
      count(*) filter (where verdict = 'dnc') as dnc,
      count(*) filter (
        where verdict = 'accepted' and coalesce(contact ->> 'firstName', contact ->> 'lastName') is not null
      ) as named
    from import_rows where import_id = ${importId}
  `.execute(db);
  return rows[0] ?? { accepted: 0, duplicate: 0, invalid: 0, dnc: 0, named: 0 };
}

/** The rows of an import in the order of the file, of one verdict or of all. */
export async function listRows(
  db: Database,
  {
    importId,
    verdicts,
    after,
    limit,
  }: { importId: string; verdicts: readonly Verdict[]; after: number | undefined; limit: number },
): Promise<Page<JudgedRow, number>> {
  const rows = await db
    .selectFrom('importRows')
    .select(['rowNumber', 'verdict', 'reason', 'number', 'contact', 'raw', 'rowNumber as place'])
    .where('importId', '=', importId)
    .where('verdict', 'in', verdicts)
    .where('rowNumber', '>', after ?? 0)
    .orderBy('rowNumber')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ place }) => place);
}
