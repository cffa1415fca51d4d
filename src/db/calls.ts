import { sql } from 'kysely';
import type { Disposition } from '../call/disposition.ts';
import type { Database } from './database.ts';
import { beyond, micros, type PageRequest, type TimePlace, toPage } from './page.ts';

const columns = [
  'attempts.id',
  'attempts.campaignId',
  'attempts.leadId',
  'attempts.trunkId',
  'attempts.number',
  'attempts.callerId',
  'attempts.state',
  'attempts.disposition',
  'attempts.reservedAt',
  'calls.dialedAt',
  'calls.ringingAt',
  'calls.answeredAt',
  sql<Date | null>`coalesce(calls.ended_at, attempts.ended_at)`.as('endedAt'),
  sql<number | null>`extract(epoch from calls.ended_at - calls.answered_at)::float8`.as('talkSeconds'),
  'calls.billedS as billedSeconds',
  'calls.cost',
  'calls.sipCode',
  'calls.q850',
  'calls.greetingHeard',
  sql<boolean>`calls.recording is not null`.as('hasRecording'),
] as const;

/** Attempts with what became of them, newest first; all given conditions hold. */
export async function listCalls(
  db: Database,
  query: PageRequest<TimePlace> & {
    campaignId?: string | undefined;
    leadId?: number | undefined;
    number?: string | undefined;
    disposition?: Disposition | undefined;
    live?: boolean | undefined;
  },
) {
  const { limit, after, campaignId, leadId, number, disposition, live } = query;
  let found = db
    .selectFrom('attempts')
    .leftJoin('calls', 'calls.id', 'attempts.id')
    .select([...columns, micros('attempts.reservedAt').as('place')]);
  if (campaignId !== undefined) found = found.where('attempts.campaignId', '=', campaignId);
  if (leadId !== undefined) found = found.where('attempts.leadId', '=', leadId);
  if (number !== undefined) found = found.where('attempts.number', '=', number);
  if (disposition !== undefined) found = found.where('attempts.disposition', '=', disposition);
  if (live !== undefined) found = found.where('attempts.endedAt', live ? 'is' : 'is not', null);
  if (after !== undefined) found = found.where(beyond('attempts.reservedAt', 'desc', after, 'attempts.id'));
  const rows = await found
    .orderBy('attempts.reservedAt', 'desc')
    .orderBy('attempts.id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ place, id }) => ({ at: place, id }));
}

/** One attempt with its contact, all that the network said, and the proof that let it be dialed. */
export async function findCall(db: Database, { id }: { id: string }) {
  return db
    .selectFrom('attempts')
    .innerJoin('leads', 'leads.id', 'attempts.leadId')
    .innerJoin('contacts', 'contacts.id', 'leads.contactId')
    .leftJoin('calls', 'calls.id', 'attempts.id')
    .leftJoin('verdictCorrections as corrected', 'corrected.callId', 'attempts.id')
    .select([
      ...columns,
      'leads.contactId',
      'contacts.firstName',
      'contacts.lastName',
      'calls.sipCallId',
      'calls.evidence',
      'corrected.class',
      'corrected.correctedBy',
      'corrected.correctedAt',
      sql<string | null>`encode(calls.recording_sha256, 'hex')`.as('recordingSha256'),
      'calls.recordingMs',
      (eb) =>
        eb
          .selectFrom('decisions')
          .select('proof')
          .whereRef('attemptId', '=', 'attempts.id')
          .limit(1)
          .as('proof'),
    ])
    .where('attempts.id', '=', id)
    .executeTakeFirst();
}

/** Where a call's recording lies below the recordings folder; null without one, undefined without the attempt. */
export async function findRecording(
  db: Database,
  { id }: { id: string },
): Promise<string | null | undefined> {
  const row = await db
    .selectFrom('attempts')
    .leftJoin('calls', 'calls.id', 'attempts.id')
    .select('recording')
    .where('attempts.id', '=', id)
    .executeTakeFirst();
  return row?.recording;
}
