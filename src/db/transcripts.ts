import type { SpokenTurn } from '../conversation/transcript.ts';
import type { Database } from './database.ts';

/** Adds a turn to a call's transcript; `n` counts from 0. */
export async function insertTurn(
  db: Database,
  { callId, n, turn }: { callId: string; n: number; turn: SpokenTurn },
): Promise<void> {
  const latency = turn.latency && JSON.stringify(turn.latency);
  await db
    .insertInto('turns')
    .values({ ...turn, callId, n, latency, passages: JSON.stringify(turn.passages) })
    .execute();
}

/** What was said in a call, in order; undefined when there is no such call. */
export async function findTranscript(
  db: Database,
  { id }: { id: string },
): Promise<SpokenTurn[] | undefined> {
  const turns = await db
    .selectFrom('turns')
    .select(['speaker', 'atMs', 'untilMs', 'text', 'interrupted', 'latency', 'passages'])
    .where('callId', '=', id)
    .orderBy('n')
    .execute();
  if (turns.length > 0) return turns;
  const call = await db.selectFrom('attempts').select('id').where('id', '=', id).executeTakeFirst();
  return call && [];
}
