import type { Column } from './columns.ts';
import { createDeduper, type Verdict } from './list.ts';
import type { Country } from './phone.ts';
import { describeFaults, readRow, type Contact } from './row.ts';

/** A row of a list with its verdict; `rowNumber` counts as spreadsheets do, the header being row 1. */
export type JudgedRow = {
  readonly rowNumber: number;
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly number: string | null;
  readonly contact: Contact | null;
  readonly raw: readonly string[];
};

/** Judges the rows of one list in their order, as far as the list alone tells. */
export function createJudge(
  columns: readonly Column[],
  defaultCountry: Country | null,
): (rowNumber: number, raw: readonly string[]) => JudgedRow {
  const firstRow = createDeduper();
  return (rowNumber, raw) => {
    const row = readRow(raw, columns, defaultCountry);
    if ('faults' in row) {
      const reason = describeFaults(row.faults);
      return { rowNumber, verdict: 'invalid', reason, number: null, contact: null, raw };
    }
    const first = firstRow(row.number, rowNumber);
    const verdict = first === null ? 'accepted' : 'duplicate';
    const reason = first === null ? null : `Row ${first} has the same number.`;
    return { rowNumber, verdict, reason, number: row.number, contact: row.contact, raw };
  };
}
