import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Changes } from './changes.ts';
import type { Database } from './database.ts';
import type { DB } from './generated.ts';
import { beyond, micros, type PageRequest, type TimePlace, toPage } from './page.ts';

/** What is known of a person; `numbers` in the order in which to dial them, at least one. */
export interface ContactFields {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly company: string | null;
  readonly title: string | null;
  readonly timezone: string | null;
  readonly custom: Readonly<Record<string, string>>;
  readonly numbers: readonly string[];
}

/** Which contacts; all given conditions hold. */
export interface ContactFilter {
  readonly search?: string | undefined;
  readonly number?: string | undefined;
  readonly company?: string | undefined;
  readonly timezone?: string | undefined;
}

const columns = [
  'id',
  'firstName',
  'lastName',
  'email',
  'company',
  'title',
  'timezone',
  'custom',
  'createdAt',
] as const;

const numbers = sql<string[]>`array(
  select number from contact_numbers where contact_id = contacts.id order by rank
)`.as('numbers');

/** The condition on `contacts` that a filter means. */
export const matches =
  (filter: ContactFilter) =>
  (where: ExpressionBuilder<DB, 'contacts'>): Expression<SqlBool> =>
    where.and([
      ...(filter.company === undefined ? [] : [where('company', '=', filter.company)]),
      ...(filter.timezone === undefined ? [] : [where('timezone', '=', filter.timezone)]),
      ...(filter.number === undefined
        ? []
        : [
            where.exists(
              where
                .selectFrom('contactNumbers')
                .select(sql.lit(1).as('one'))
                .whereRef('contactId', '=', 'contacts.id')
                .where('number', '=', filter.number),
            ),
          ]),
      ...(filter.search === undefined
        ? []
        : [
            sql<boolean>`concat_ws(' ', first_name, last_name, company, email)
              ilike ${`%${filter.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`}`,
          ]),
    ]);

/** The contacts that match, by the time they were added. */
export async function listContacts(
  db: Database,
  {
    limit,
    after,
    filter,
    direction,
  }: PageRequest<TimePlace> & { filter: ContactFilter; direction: 'asc' | 'desc' },
) {
  let found = db
    .selectFrom('contacts')
    .select([...columns, numbers, micros('createdAt').as('place')])
    .where(matches(filter));
  if (after !== undefined) found = found.where(beyond('createdAt', direction, after));
  const rows = await found
    .orderBy('createdAt', direction)
    .orderBy('id', direction)
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ place, id }) => ({ at: place, id }));
}

/** The contact with its numbers, undefined if there is none. */
export async function findContact(db: Database, { id }: { id: string }) {
  return db
    .selectFrom('contacts')
    .select([...columns, numbers])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** A number that belongs to another contact; what was to have it must not be stored. */
export interface Taken {
  readonly taken: string;
}

/** Tells a taken number from all other outcomes. */
export const isTaken = (outcome: object | undefined): outcome is Taken =>
  outcome !== undefined && 'taken' in outcome;

/** Adds a contact, or tells which of its numbers belongs to another; the caller's transaction must then end. */
export async function insertContact(
  tx: Database,
  { numbers, custom, ...person }: ContactFields,
): Promise<{ id: string } | Taken> {
  const { id } = await tx
    .insertInto('contacts')
    .values({ ...person, custom: JSON.stringify(custom) })
    .returning('id')
    .executeTakeFirstOrThrow();
  const taken = await insertNumbers(tx, { id, numbers });
  return taken === undefined ? { id } : { taken };
}

/** Changes the fields that are given; `taken` as for a new contact, undefined if there is no such contact. */
export async function updateContact(
  tx: Database,
  { id, change: { numbers, custom, ...person } }: { id: string; change: Changes<ContactFields> },
): Promise<{ id: string } | Taken | undefined> {
  const found = await tx
    .updateTable('contacts')
    // The id stands there so that a change of the numbers alone is a change too.
    .set({ id, ...person, custom: custom && JSON.stringify(custom) })
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  if (!found || !numbers) return found;
  await tx.deleteFrom('contactNumbers').where('contactId', '=', id).execute();
  const taken = await insertNumbers(tx, { id, numbers });
  return taken === undefined ? { id } : { taken };
}

/** Gives a contact its numbers; returns the first that another contact has. */
async function insertNumbers(
  tx: Database,
  { id, numbers }: { id: string; numbers: readonly string[] },
): Promise<string | undefined> {
  const added = await tx
    .insertInto('contactNumbers')
    .values(numbers.map((number, rank) => ({ number, contactId: id, rank })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('number')
    .execute();
  return numbers.find((number) => !added.some((row) => row.number === number));
}

/**
 * Removes a contact and its leads, unless it has been rung: the record of an attempt stays (I8, I13). Its leads are
 * locked first, since a claim that is under way holds a key lock on the lead that it rings.
 */
export async function deleteContact(
  tx: Database,
  { id }: { id: string },
): Promise<'deleted' | 'missing' | 'called'> {
  await tx.selectFrom('leads').select('id').where('contactId', '=', id).forUpdate().execute();
  const called = await tx
    .selectFrom('attempts')
    .innerJoin('leads', 'leads.id', 'attempts.leadId')
    .select('attempts.id')
    .where('leads.contactId', '=', id)
    .limit(1)
    .executeTakeFirst();
  if (called) return 'called';
  const { numDeletedRows } = await tx.deleteFrom('contacts').where('id', '=', id).executeTakeFirstOrThrow();
  return numDeletedRows > 0n ? 'deleted' : 'missing';
}
