import { sql } from 'kysely';
import type { AnswerThresholds } from '../answer/classify.ts';
import { type Changes, violates } from './changes.ts';
import type { Connection, Database } from './database.ts';
import { type InboundNumber, saveInboundNumbers } from './inbound.ts';
import { type PageRequest, toPage } from './page.ts';

/** What a trunk is made of; `password` sealed, `costPerMinute` a decimal string. */
export interface TrunkFields {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly username: string | null;
  readonly password: Buffer | null;
  readonly registers: boolean;
  readonly callerIds: string[];
  readonly allowedPrefixes: string[];
  readonly channels: number;
  readonly callsPerSecond: number;
  readonly costPerMinute: string;
  readonly billingMinimumSeconds: number;
  readonly billingIncrementSeconds: number;
  /** What is taken for a person's voice; null for the classifier's own. */
  readonly answerThresholds: AnswerThresholds | null;
  /** Who answers which of its numbers. */
  readonly inbound: readonly InboundNumber[];
}

const columns = [
  'id',
  'name',
  'host',
  'port',
  'transport',
  'username',
  sql<boolean>`password is not null`.as('hasPassword'),
  'registers',
  'callerIds',
  'allowedPrefixes',
  'channels',
  'callsPerSecond',
  'costPerMinute',
  'billingMinimumS as billingMinimumSeconds',
  'billingIncrementS as billingIncrementSeconds',
  'answerThresholds',
  sql<InboundNumber[]>`(select coalesce(json_agg(json_build_object('number', number, 'agentId', agent_id)
    order by number), '[]') from inbound_numbers where trunk_id = trunks.id)`.as('inbound'),
  'pausedBecause',
  'createdAt',
] as const;

/** Adds a trunk; undefined if its id is taken. */
export async function insertTrunk(
  db: Connection,
  {
    billingMinimumSeconds,
    billingIncrementSeconds,
    answerThresholds,
    inbound,
    ...trunk
  }: TrunkFields & { id: string },
) {
  return withAgents(db, async (tx) => {
    const inserted = await tx
      .insertInto('trunks')
      .values({
        ...trunk,
        billingMinimumS: billingMinimumSeconds,
        billingIncrementS: billingIncrementSeconds,
        answerThresholds: answerThresholds && JSON.stringify(answerThresholds),
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!inserted) return undefined;
    await saveInboundNumbers(tx, { trunkId: trunk.id, inbound });
    return findTrunk(tx, inserted);
  });
}

/** Writes a trunk in a transaction; `unknown_agent` when nobody of that name is there to answer. */
async function withAgents<Row>(
  db: Connection,
  write: (tx: Database) => Promise<Row>,
): Promise<Row | 'unknown_agent'> {
  try {
    return await db.transaction().execute(write);
  } catch (error) {
    if (violates(error, 'foreign_key', 'inbound_numbers_agent_id_fkey')) return 'unknown_agent';
    throw error;
  }
}

/** The trunks, by their ids. */
export async function listTrunks(db: Database, { limit, after }: PageRequest<string>) {
  let found = db.selectFrom('trunks').select([...columns, 'id as place']);
  if (after !== undefined) found = found.where('id', '>', after);
  const rows = await found
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ place }) => place);
}

/** The trunk, undefined if there is none. */
export async function findTrunk(db: Database, { id }: { id: string }) {
  return db.selectFrom('trunks').select(columns).where('id', '=', id).executeTakeFirst();
}

/** A caller ID other than these that a campaign which may still dial uses on the trunk; undefined if none does. */
export async function usedCallerId(
  db: Database,
  { id, except }: { id: string; except: string[] },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('campaigns')
    .select('callerId')
    .where('trunkId', '=', id)
    .where('state', 'in', ['draft', 'active', 'paused'])
    .where('callerId', 'is not', null)
    .where('callerId', 'not in', except)
    .limit(1)
    .executeTakeFirst();
  return row?.callerId ?? undefined;
}

/**
 * Changes the fields that are given and lifts the trunk's pause, since a fault is what operators change a trunk
 * for; undefined if there is no such trunk.
 */
export async function updateTrunk(
  db: Connection,
  { id, change }: { id: string; change: Changes<TrunkFields> },
) {
  const { billingMinimumSeconds, billingIncrementSeconds, answerThresholds, inbound, ...rest } = change;
  return withAgents(db, async (tx) => {
    const updated = await tx
      .updateTable('trunks')
      .set({
        ...rest,
        billingMinimumS: billingMinimumSeconds,
        billingIncrementS: billingIncrementSeconds,
        answerThresholds: answerThresholds && JSON.stringify(answerThresholds),
        pausedBecause: null,
      })
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst();
    if (!updated) return undefined;
    if (inbound) await saveInboundNumbers(tx, { trunkId: id, inbound });
    return findTrunk(tx, updated);
  });
}

/** Removes a trunk that no campaign, no attempt and no inbound call names. */
export async function deleteTrunk(
  db: Database,
  { id }: { id: string },
): Promise<'deleted' | 'missing' | 'in_use'> {
  try {
    const { numDeletedRows } = await db.deleteFrom('trunks').where('id', '=', id).executeTakeFirstOrThrow();
    return numDeletedRows > 0n ? 'deleted' : 'missing';
  } catch (error) {
    if (violates(error, 'foreign_key')) return 'in_use';
    throw error;
  }
}

/** The trunks as the PBX needs them, passwords sealed; one of them if `id` is given. */
export async function trunkSettings(db: Database, { id }: { id?: string }) {
  let found = db
    .selectFrom('trunks')
    .select(['id', 'host', 'port', 'transport', 'username', 'password', 'registers', 'pausedBecause']);
  if (id !== undefined) found = found.where('id', '=', id);
  return found.execute();
}

/** Stops dialing on a trunk until an operator changes it; `reason` is a sentence for the operator. */
export async function pauseTrunk(
  db: Database,
  { id, reason }: { id: string; reason: string },
): Promise<void> {
  await db.updateTable('trunks').set({ pausedBecause: reason }).where('id', '=', id).execute();
}

/** The running campaigns of a trunk. */
export async function campaignsOnTrunk(db: Database, { trunkId }: { trunkId: string }) {
  return db
    .selectFrom('campaigns')
    .select(['id', 'pausedBecause'])
    .where('trunkId', '=', trunkId)
    .where('state', 'in', ['active', 'paused'])
    .execute();
}
