import { type Expression, sql } from 'kysely';

/** A place in a list that is ordered by a time: microseconds since 1970 (a `Date` is too coarse) and the row's id. */
export interface TimePlace {
  readonly at: number;
  readonly id: string;
}

/** One page of a list and the place of its last item, null when nothing follows. */
export interface Page<Item, Place> {
  readonly items: Item[];
  readonly next: Place | null;
}

/** Which page of a list: at most `limit` items after a place, or from the beginning. */
export interface PageRequest<Place> {
  readonly limit: number;
  readonly after: Place | undefined;
}

/** A time column in microseconds since 1970, exactly. */
export const micros = (column: string) =>
  sql<number>`(extract(epoch from ${sql.ref(column)}) * 1000000)::bigint`;

/** True for the rows that come after the place; the sort is by time and then id, both in the same direction. */
export function beyond(
  column: string,
  direction: 'asc' | 'desc',
  { at, id }: TimePlace,
  idColumn = 'id',
): Expression<boolean> {
  const sign = sql.raw(direction === 'asc' ? '>' : '<');
  const time = sql`timestamptz 'epoch' + ${at}::bigint * interval '1 microsecond'`;
  return sql<boolean>`(${sql.ref(column)}, ${sql.ref(idColumn)}) ${sign} (${time}, ${id}::uuid)`;
}

/** Cuts rows, of which one more than the limit was asked for, into a page; `place` is what orders a row. */
export function toPage<Row extends { readonly place: unknown }, Place>(
  rows: readonly Row[],
  limit: number,
  placeOf: (row: Row) => Place,
): Page<Omit<Row, 'place'>, Place> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ place: _place, ...item }) => item),
    next: last && rows.length > limit ? placeOf(last) : null,
  };
}
