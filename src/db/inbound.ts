import { type Kysely, sql } from 'kysely';
import type { Trail } from '../call/cause.ts';
import type { Disposition } from '../call/disposition.ts';
import type { SpokenTurn } from '../conversation/transcript.ts';
import type { Database } from './database.ts';
import type { Recording } from './finish.ts';
import type { DB } from './generated.ts';
import { beyond, micros, type PageRequest, type TimePlace, toPage } from './page.ts';

/** Which agent answers a number of a trunk. */
export interface InboundNumber {
  readonly number: string;
  readonly agentId: string;
}

/** Says anew who answers the numbers of a trunk. */
export async function saveInboundNumbers(
  tx: Database,
  { trunkId, inbound }: { trunkId: string; inbound: readonly InboundNumber[] },
): Promise<void> {
  await tx.deleteFrom('inboundNumbers').where('trunkId', '=', trunkId).execute();
  if (inbound.length === 0) return;
  await tx
    .insertInto('inboundNumbers')
    .values(inbound.map((each) => ({ ...each, trunkId })))
    .execute();
}

/**
 * The numbers of a trunk, each with all that its agent must know to answer; after them those of other trunks at its host,
 * which the PBX, knowing carriers by their address, can't tell apart.
 */
export async function findAnswering(db: Database, { trunkId }: { trunkId: string }) {
  return db
    .selectFrom('inboundNumbers')
    .innerJoin('agents', 'agents.id', 'inboundNumbers.agentId')
    .innerJoin('trunks', 'trunks.id', 'inboundNumbers.trunkId')
    .select([
      'trunkId',
      'number',
      'agentId',
      'agents.name',
      'persona',
      'objective',
      'greeting',
      'disclosure',
      'recordingNotice',
      'talks',
      'language',
      'voice',
      'speakingRate',
      'maxCallS',
      'noInputS',
      'tools',
    ])
    .where('host', '=', (eb) => eb.selectFrom('trunks').select('host').where('id', '=', trunkId))
    .orderBy(sql`trunk_id <> ${trunkId}`)
    .execute();
}

/** A call that has come in at a number that an agent answers. */
export interface Arrival {
  readonly id: string;
  readonly trunkId: string;
  readonly pbx: string;
  /** Ours. */
  readonly number: string;
  /** Theirs, E.164; null where none is shown. */
  readonly caller: string | null;
  readonly agentId: string;
  readonly talks: boolean;
}

/**
 * Takes a call in; false, and its row has ended as busy, when its agent talks and all of this PBX's conversations are
 * taken (I11). The carrier has placed it, so its channel is never refused here.
 */
export async function claimInbound(
  db: Kysely<DB>,
  { arrival, talkSlots }: { arrival: Arrival; talkSlots: number },
): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    const free = !arrival.talks || (await liveTalks(tx, arrival)) < talkSlots;
    await insertArrival(tx, arrival, free ? null : 'busy');
    return free;
  });
}

/** Writes down a call that nobody could answer. */
export async function refuseInbound(db: Database, arrival: Arrival): Promise<void> {
  await insertArrival(db, arrival, 'lost_app');
}

async function liveTalks(tx: Database, { pbx }: { pbx: string }): Promise<number> {
  await lockTalks(tx, { pbx });
  const { rows } = await sql<{ count: number }>`select ${liveTalksOn(pbx)} as count`.execute(tx);
  return rows[0]?.count ?? Infinity;
}

/** Makes the transaction wait for, and then keep out, whoever else takes one of a PBX's conversations (I11). */
export async function lockTalks(tx: Database, { pbx }: { pbx: string }): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('talks ' || ${pbx}::text, 0))`.execute(tx);
}

/** Conversations on a PBX, also those that only ring: their place is kept (I11). */
export const liveTalksOn = (pbx: string) => sql<number>`(
  (select count(*) from attempts a join campaigns c on c.id = a.campaign_id join agents on agents.id = c.agent_id
    where a.pbx = ${pbx} and a.ended_at is null and agents.talks)
  + (select count(*) from inbound_calls where pbx = ${pbx} and ended_at is null and talks))`;

async function insertArrival(db: Database, arrival: Arrival, refused: Disposition | null): Promise<void> {
  await db
    .insertInto('inboundCalls')
    .values({ ...arrival, disposition: refused, endedAt: refused && sql<Date>`clock_timestamp()` })
    .execute();
}

/** Notes that a call has been answered. */
export async function markInboundAnswered(db: Database, { id, at }: { id: string; at: Date }): Promise<void> {
  await db.updateTable('inboundCalls').set({ answeredAt: at }).where('id', '=', id).execute();
}

/** Adds a turn to a call's transcript. */
export async function insertInboundTurn(
  db: Database,
  { id, turn }: { id: string; turn: SpokenTurn },
): Promise<void> {
  await db
    .updateTable('inboundCalls')
    .set({ turns: sql<string>`turns || ${JSON.stringify([turn])}::jsonb` })
    .where('id', '=', id)
    .execute();
}

/** Ends a call once and for all; one that has ended stays as it is (I5, I15). */
export async function finishInbound(
  db: Database,
  end: { id: string; disposition: Disposition; trail: Trail | null; recording: Recording | null },
): Promise<void> {
  const { id, disposition, trail, recording } = end;
  await db
    .updateTable('inboundCalls')
    .set({
      disposition,
      endedAt: trail?.endedAt ?? sql<Date>`clock_timestamp()`,
      ...(trail?.answeredAt && { answeredAt: trail.answeredAt }),
      evidence: trail && JSON.stringify(trail),
      recording: recording?.file ?? null,
      recordingSha256: recording?.sha256 ?? null,
      recordingMs: recording?.durationMs ?? null,
    })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .execute();
}

/** The calls of a PBX that have not ended: after a start, those to end. */
export async function liveInbound(db: Database, { pbx }: { pbx: string }) {
  return db
    .selectFrom('inboundCalls')
    .select(['id', 'arrivedAt'])
    .where('pbx', '=', pbx)
    .where('endedAt', 'is', null)
    .execute();
}

const columns = [
  'id',
  'trunkId',
  'number',
  'caller',
  'agentId',
  sql<'ringing' | 'answered' | 'ended'>`case when ended_at is not null then 'ended'
    when answered_at is not null then 'answered' else 'ringing' end`.as('state'),
  'disposition',
  'arrivedAt',
  'answeredAt',
  'endedAt',
  sql<boolean>`recording is not null`.as('hasRecording'),
] as const;

/** The calls that have come in, newest first. */
export async function listInbound(db: Database, { limit, after }: PageRequest<TimePlace>) {
  let found = db.selectFrom('inboundCalls').select([...columns, micros('arrivedAt').as('place')]);
  if (after !== undefined) found = found.where(beyond('arrivedAt', 'desc', after));
  const rows = await found
    .orderBy('arrivedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ place, id }) => ({ at: place, id }));
}

/** One call with all that was said, and where its recording lies below the recordings folder; undefined without it. */
export async function findInbound(db: Database, { id }: { id: string }) {
  return db
    .selectFrom('inboundCalls')
    .select([
      ...columns,
      'turns',
      'recording',
      'recordingMs',
      sql<string | null>`encode(recording_sha256, 'hex')`.as('recordingSha256'),
    ])
    .where('id', '=', id)
    .executeTakeFirst();
}
