import { sql } from 'kysely';
import type { AnswerClass } from '../answer/verdict.ts';
import type { Database } from './database.ts';
import { beyond, micros, type PageRequest, type TimePlace, toPage } from './page.ts';

/** Keeps who or what answered a call by a person's word, in place of an earlier one; undefined if it was never placed. */
export async function correctVerdict(
  db: Database,
  { callId, answered, by }: { callId: string; answered: AnswerClass; by: string },
) {
  return db
    .insertInto('verdictCorrections')
    .columns(['callId', 'class', 'correctedBy'])
    .expression((query) =>
      query
        .selectFrom('calls')
        .select([
          'id',
          sql<AnswerClass>`${answered}::answer_class`.as('class'),
          sql<string>`${by}::text`.as('by'),
        ])
        .where('id', '=', callId),
    )
    .onConflict((conflict) =>
      conflict
        .column('callId')
        .doUpdateSet({ class: answered, correctedBy: by, correctedAt: sql<Date>`clock_timestamp()` }),
    )
    .returning(['class', 'correctedBy as by', 'correctedAt as at'])
    .executeTakeFirst();
}

const told = sql<AnswerClass | null>`calls.evidence #>> '{verdict,class}'`;

/** Corrected calls, the last one first: what was told, what is so, on which trunk. */
export async function listCorrections(db: Database, { limit, after }: PageRequest<TimePlace>) {
  let found = db
    .selectFrom('verdictCorrections')
    .innerJoin('calls', 'calls.id', 'callId')
    .innerJoin('attempts', 'attempts.id', 'callId')
    .select([
      'callId',
      'attempts.trunkId',
      told.as('told'),
      'verdictCorrections.class',
      'correctedBy as by',
      'correctedAt as at',
      sql<boolean>`calls.recording is not null`.as('hasRecording'),
      micros('correctedAt').as('place'),
    ]);
  if (after !== undefined) found = found.where(beyond('correctedAt', 'desc', after, 'callId'));
  const rows = await found
    .orderBy('correctedAt', 'desc')
    .orderBy('callId', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ place, callId }) => ({ at: place, id: callId }));
}

/** What was told and what is so of every corrected call, by trunk. */
export async function correctedVerdicts(db: Database) {
  return db
    .selectFrom('verdictCorrections')
    .innerJoin('calls', 'calls.id', 'callId')
    .innerJoin('attempts', 'attempts.id', 'callId')
    .select([
      'attempts.trunkId',
      'verdictCorrections.class as label',
      told.as('told'),
      sql<number | null>`(calls.evidence #>> '{verdict,atMs}')::float8`.as('atMs'),
    ])
    .orderBy('attempts.trunkId')
    .execute();
}
