import { stringify } from 'csv-stringify/sync';
import { REFUSED_BECAUSE, REFUSED_ROW } from '../contact/columns.ts';
import type { Database } from '../db/database.ts';
import { listRows } from '../db/import-rows.ts';
import { findImport } from '../db/imports.ts';

const BATCH_ROWS = 1000;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The rows of a list that did not become contacts, as CSV with their row in the file and the reason; undefined if
 * there is no such import. Cells that a spreadsheet would run as formulas are escaped; the mark lets Excel read UTF-8.
 */
export async function exportRefused(
  db: Database,
  { id }: { id: string },
): Promise<AsyncGenerator<string> | undefined> {
  const found = await findImport(db, { id });
  return (
    found &&
    writeRows(
      db,
      id,
      found.mapping.columns.map(({ name }) => name),
    )
  );
}

async function* writeRows(db: Database, importId: string, header: readonly string[]): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + toCsv([[...header, REFUSED_ROW, REFUSED_BECAUSE]]);
  for (let after: number | undefined = 0; after !== undefined;) {
    const page = await listRows(db, {
      importId,
      verdicts: ['duplicate', 'invalid', 'dnc'],
      after,
      limit: BATCH_ROWS,
    });
    yield toCsv(
      page.items.map(({ raw, rowNumber, reason }) => [
        ...header.map((_, index) => raw[index] ?? ''),
        rowNumber,
        reason ?? '',
        ...raw.slice(header.length),
      ]),
    );
    after = page.next ?? undefined;
  }
}

const toCsv = (rows: (readonly (string | number)[])[]): string => stringify(rows, { escape_formulas: true });
