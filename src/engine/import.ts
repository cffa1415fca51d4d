import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { recognizeColumns, type Columns, type Target } from '../contact/columns.ts';
import { createJudge, type JudgedRow } from '../contact/judge.ts';
import type { Country } from '../contact/phone.ts';
import type { Database } from '../db/database.ts';
import { countRows, insertRows, judgeByDatabase, readRaw, updateRows } from '../db/import-rows.ts';
import { insertImport, lockImport, markFailed, markStaged } from '../db/imports.ts';
import { ListFault, openList, readRecords } from './import-read.ts';

/** How a list is to be read: targets by column name (the headers decide the rest), country of national numbers. */
export type ListReading = {
  readonly mapping: Readonly<Record<string, Target>>;
  readonly defaultCountry: Country | null;
};

/** A list whose rows are judged and wait for the commit, or what is wrong with it, for whoever uploaded it. */
export type Staging = { readonly id: string } | { readonly problem: string };

const BATCH_ROWS = 50;
/** Rows to judge, at 20 µs each, before calls get their turn on this thread. */
const BREATH_ROWS = 64;

/**
 * Reads a list as it is uploaded and keeps every row with its verdict; nothing becomes a contact before the commit.
 * A list that can't be read to its end is given up as a whole. Throws when the upload breaks off or the database fails.
 */
export async function stageImport(
  db: Database,
  { fileName, bytes, ...reading }: ListReading & { fileName: string; bytes: AsyncIterable<Uint8Array> },
): Promise<Staging> {
  const list = await openList(bytes);
  if ('problem' in list) return list;
  const records = readRecords(list);
  try {
    const header = await records.next();
    const found = recognizeColumns(header.done ? [] : header.value, reading.mapping);
    if ('problem' in found) return found;
    return await stageRecords(db, { fileName, records, found, defaultCountry: reading.defaultCountry });
  } catch (error) {
    if (error instanceof ListFault) return { problem: error.message };
    throw error;
  } finally {
    await records.return(undefined);
  }
}

async function stageRecords(
  db: Database,
  {
    fileName,
    records,
    found,
    defaultCountry,
  }: {
    fileName: string;
    records: AsyncIterable<readonly string[]>;
    found: Columns;
    defaultCountry: Country | null;
  },
): Promise<Staging> {
  const id = await insertImport(db, { fileName, mapping: found, defaultCountry });
  try {
    const judged = judgeRecords(records, createJudge(found.columns, defaultCountry));
    // As a stream, it judges the next batch while the database takes this one.
    for await (const rows of Readable.from(judged, { highWaterMark: 1 })) {
      await insertRows(db, { importId: id, rows: rows as readonly JudgedRow[] });
    }
    await db.transaction().execute((tx) => finishStaging(tx, { id, mapping: found, defaultCountry }));
    return { id };
  } catch (error) {
    const problem = problemOf(error);
    await giveUp(db, id, problem ?? 'The import was interrupted.', error);
    if (problem === null) throw error;
    return { problem };
  }
}

async function* judgeRecords(
  records: AsyncIterable<readonly string[]>,
  judge: (rowNumber: number, raw: readonly string[]) => JudgedRow,
): AsyncGenerator<readonly JudgedRow[]> {
  let rowNumber = 1;
  let rows: JudgedRow[] = [];
  for await (const cells of records) {
    rowNumber++;
    if (cells.every((cell) => cell.trim() === '')) continue;
    // The database holds no NUL in its text.
    rows.push(
      judge(
        rowNumber,
        cells.map((cell) => cell.replaceAll('\0', '')),
      ),
    );
    if (rows.length === BATCH_ROWS) {
      yield rows;
      rows = [];
    } else if (rows.length % BREATH_ROWS === 0) {
      await setImmediate();
    }
  }
  if (rows.length > 0) yield rows;
  else if (rowNumber === 1) throw new ListFault('The list has a header but no rows.');
}

/**
 * Judges the rows of a staged list anew, with other columns or another country; the upload need not be repeated.
 * The problem is about the mapping, and leaves the list as it was; undefined if there is no staged list of this id.
 */
export async function remapImport(
  db: Database,
  { id, mapping, defaultCountry }: ListReading & { id: string },
): Promise<Staging | undefined> {
  return db.transaction().execute(async (tx) => {
    const staged = await lockImport(tx, { id });
    if (staged?.state !== 'staged') return undefined;
    const found = recognizeColumns(
      staged.mapping.columns.map(({ name }) => name),
      mapping,
    );
    if ('problem' in found) return found;
    const judge = createJudge(found.columns, defaultCountry);
    for (let after = 0, more = true; more;) {
      const batch = await readRaw(tx, { importId: id, after, limit: BATCH_ROWS });
      await updateRows(tx, { importId: id, rows: batch.map(({ rowNumber, raw }) => judge(rowNumber, raw)) });
      after = batch.at(-1)?.rowNumber ?? after;
      more = batch.length === BATCH_ROWS;
    }
    await finishStaging(tx, { id, mapping: found, defaultCountry });
    return { id };
  });
}

async function finishStaging(
  tx: Database,
  staged: { id: string; mapping: Columns; defaultCountry: string | null },
): Promise<void> {
  await judgeByDatabase(tx, { importId: staged.id });
  await markStaged(tx, { ...staged, counts: await countRows(tx, { importId: staged.id }) });
}

/** What the person who uploaded the list can be told about an error, null when it is not about the list. */
function problemOf(error: unknown): string | null {
  if (error instanceof ListFault) return error.message;
  const isDiskFull = error instanceof Error && 'code' in error && error.code === '53100';
  return isDiskFull ? 'The database has no space left; nothing of the list was kept.' : null;
}

async function giveUp(db: Database, id: string, problem: string, cause: unknown): Promise<void> {
  try {
    await db.transaction().execute((tx) => markFailed(tx, { id, problem }));
  } catch (error) {
    // Still "reading": it can't be committed, and goes with the abandoned imports.
    throw new AggregateError([cause, error], 'A list was given up, and the database was not told', {
      cause: error,
    });
  }
}
