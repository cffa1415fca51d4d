import { synonyms } from './synonyms.ts';
import { cleanName } from './text.ts';

/** The fields of a contact that a column can fill. */
export const fields = ['phone', 'firstName', 'lastName', 'email', 'company', 'title', 'timezone'] as const;

/** One of them. */
export type Field = (typeof fields)[number];

/** What becomes of a column: a field of the contact, a custom field under the column's own name, or nothing. */
export type Target = Field | 'custom' | 'ignored';

/** A column of a list: its name (unique in the list) and what becomes of it. */
export type Column = { readonly name: string; readonly target: Target };

/** What the headers of a list mean, and what the person who uploads it should look at. */
export type Columns = { readonly columns: readonly Column[]; readonly warnings: readonly string[] };

/** The most columns that a list may have. */
export const MAX_COLUMNS = 200;

/** The columns that refused rows are handed back with; a corrected list that still has them is read without. */
export const REFUSED_ROW = 'Refused row';
/** The column with the reason of a refused row. */
export const REFUSED_BECAUSE = 'Refused because';

/** Field and preference of every synonym. */
const meanings: ReadonlyMap<string, { readonly field: Field; readonly rank: number }> = new Map(
  fields.flatMap((field) => synonyms[field].map((word, rank) => [word, { field, rank }] as const)),
);

/**
 * Says what becomes of each column of a list. `mapping` gives targets by column name and overrides what
 * the headers seem to say; without it, an unknown column is kept as a custom field.
 */
export function recognizeColumns(
  headers: readonly string[],
  mapping: Readonly<Record<string, Target>>,
): Columns | { readonly problem: string } {
  if (headers.length > MAX_COLUMNS) return { problem: `A list may have at most ${MAX_COLUMNS} columns.` };
  const names = uniqueNames(headers);
  const stranger = Object.keys(mapping).find((name) => !names.includes(name));
  if (stranger !== undefined) return { problem: `The list has no column named ‘${stranger}’.` };
  const twice = fields.find(
    (field) => Object.values(mapping).filter((target) => target === field).length > 1,
  );
  if (twice) return { problem: `Two columns are mapped to ${twice}.` };

  const best = bestColumns(names, mapping);
  const columns = names.map((name): Column => {
    const field = fields.find((field) => best.get(field) === name);
    const rest = name === REFUSED_ROW || name === REFUSED_BECAUSE ? 'ignored' : 'custom';
    return { name, target: ownEntry(mapping, name) ?? field ?? rest };
  });
  if (!best.has('phone')) return { problem: noPhoneColumn(names) };
  return { columns, warnings: columns.flatMap((column) => warn(column, mapping)) };
}

function bestColumns(
  names: readonly string[],
  mapping: Readonly<Record<string, Target>>,
): ReadonlyMap<Field, string> {
  const best = new Map<Field, { name: string; rank: number }>();
  for (const name of names) {
    const target = ownEntry(mapping, name);
    const meaning =
      target === undefined
        ? meanings.get(normalize(name))
        : { field: fields.find((f) => f === target), rank: -1 };
    if (!meaning?.field) continue;
    const rival = best.get(meaning.field);
    if (!rival || meaning.rank < rival.rank) best.set(meaning.field, { name, rank: meaning.rank });
  }
  return new Map([...best].map(([field, { name }]) => [field, name]));
}

function warn({ name, target }: Column, mapping: Readonly<Record<string, Target>>): string[] {
  const meaning = meanings.get(normalize(name));
  if (!meaning || target !== 'custom' || ownEntry(mapping, name) !== undefined) return [];
  return [`‘${name}’ could be ${meaning.field} too; another column is, so it is kept as a custom field.`];
}

const noPhoneColumn = (names: readonly string[]): string =>
  names.some((name) => (name.match(/\d/g)?.length ?? 0) >= 7)
    ? 'No column holds phone numbers by its name; the first line must name the columns, and it seems to hold a number.'
    : `No column is named as a phone number; map one of: ${names.slice(0, 20).join(', ')}.`;

const ownEntry = (mapping: Readonly<Record<string, Target>>, name: string): Target | undefined =>
  Object.hasOwn(mapping, name) ? mapping[name] : undefined;

const normalize = (header: string): string =>
  header
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\d]/gu, '');

/** Names that custom fields can carry: visible, and told apart when a header stands twice or is empty. */
function uniqueNames(headers: readonly string[]): readonly string[] {
  const names = new Set<string>();
  for (const [index, header] of headers.entries()) {
    const base = cleanName(header.slice(0, 100)) ?? `Column ${index + 1}`;
    let unique = base;
    for (let copy = 2; names.has(unique); copy++) unique = `${base} (${copy})`;
    names.add(unique);
  }
  return [...names];
}
