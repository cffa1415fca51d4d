import { type Kysely, sql } from 'kysely';
import type { Trail } from '../call/cause.ts';
import { type Disposition, isPromised } from '../call/disposition.ts';
import { bill } from '../campaign/cost.ts';
import { retryAt } from '../campaign/retry.ts';
import { readPhone } from '../contact/phone.ts';
import { zonesOf } from '../schedule/callee-zones.ts';
import { nextOpening } from '../schedule/may-call.ts';
import { enqueueAnalyses } from './analyses.ts';
import type { Database } from './database.ts';
import type { DB } from './generated.ts';

/** A recorded call: path below the recordings folder, its hash and length. */
export interface Recording {
  readonly file: string;
  readonly sha256: Buffer;
  readonly durationMs: number;
}

/** How an attempt ended; without a trail it was never placed. */
export interface Ended {
  readonly attemptId: string;
  readonly disposition: Disposition;
  readonly trail: Trail | null;
  readonly recording: Recording | null;
}

/** What finishing an attempt came to. */
export interface Finished {
  readonly end: Ended;
  readonly campaignId: string;
  readonly trunkId: string;
  readonly leadId: number;
  /** When the lead is rung again; null when it is done. */
  readonly nextAt: Date | null;
}

/**
 * Ends attempts once and for all: their dispositions, their calls, and each lead's next time in the first window that
 * the policy allows. One that has ended before is left out of the answer: a terminal state never reopens (I5, I15).
 * Several at once share their statements and their commit.
 */
export async function finishAttempts(db: Kysely<DB>, ends: readonly Ended[]): Promise<Finished[]> {
  return await db.transaction().execute(async (tx) => {
    const byId = new Map(ends.map((end) => [end.attemptId, end]));
    const ended = (await endAttempts(tx, ends)).flatMap((row) => {
      const end = byId.get(row.id);
      return end ? [{ row, end, ...afterwards(row, end) }] : [];
    });
    await updateLeads(tx, ended);
    await insertCalls(tx, ended);
    const placed = ended.flatMap(({ end }) => (end.trail ? [end.attemptId] : []));
    if (placed.length > 0) await enqueueAnalyses(tx, { callIds: placed });
    return ended.map(({ row, end, nextAt }) => ({
      end,
      campaignId: row.campaignId,
      trunkId: row.trunkId,
      leadId: row.leadId,
      nextAt,
    }));
  });
}

type EndedRow = Awaited<ReturnType<typeof endAttempts>>[number];
type EndedLead = { readonly row: EndedRow; readonly end: Ended } & Afterwards;

/** What decides a lead's next time. */
export const leadColumns = [
  'attempts.leadId',
  'attempts.number',
  'leads.attempts',
  'leads.outcomes',
  'campaigns.retry',
  'campaigns.maxAttempts',
  'campaigns.windows',
  'contacts.timezone',
] as const;
type LeadRow = Pick<EndedRow, 'leadId' | 'number' | 'attempts' | 'outcomes' | 'retry' | 'maxAttempts'> &
  Pick<EndedRow, 'windows' | 'timezone' | 'counts' | 'now'>;

/** What an ended attempt leaves its lead with. */
interface Afterwards {
  readonly outcomes: LeadRow['outcomes'];
  readonly attempts: number;
  /** Null when the lead is done. */
  readonly nextAt: Date | null;
}

function endAttempts(tx: Database, ends: readonly Ended[]) {
  const given = JSON.stringify(ends.map(({ attemptId, disposition }) => ({ id: attemptId, disposition })));
  return tx
    .updateTable('attempts')
    .from(
      sql<{ id: string; disposition: Disposition }>`json_to_recordset(${given}::json)`.as<'ends'>(
        sql`ends(id uuid, disposition text)`,
      ),
    )
    .innerJoin('dispositions', 'dispositions.code', 'ends.disposition')
    .innerJoin('leads', (join) => join.onTrue())
    .innerJoin('campaigns', 'campaigns.id', 'leads.campaignId')
    .innerJoin('contacts', 'contacts.id', 'leads.contactId')
    .innerJoin('trunks', (join) => join.onTrue())
    .whereRef('attempts.id', '=', 'ends.id')
    .whereRef('leads.id', '=', 'attempts.leadId')
    .whereRef('trunks.id', '=', 'attempts.trunkId')
    .where('attempts.endedAt', 'is', null)
    .set((query) => ({
      state: 'ended',
      endedAt: sql<Date>`clock_timestamp()`,
      disposition: query.ref('ends.disposition'),
    }))
    .returning(leadColumns)
    .returning([
      'attempts.id',
      'attempts.endedAt as now',
      'attempts.campaignId',
      'attempts.trunkId',
      'dispositions.counts',
      'trunks.costPerMinute',
      'trunks.billingMinimumS',
      'trunks.billingIncrementS',
    ])
    .$narrowType<{ now: Date }>()
    .execute();
}

/** What a lead is left with when an attempt at it has ended. */
export function afterwards(
  row: LeadRow,
  { disposition, trail }: Pick<Ended, 'disposition' | 'trail'>,
): Afterwards {
  const outcomes = { ...row.outcomes, [disposition]: (row.outcomes[disposition] ?? 0) + 1 };
  const attempts = row.attempts + (row.counts ? 1 : 0);
  const agreement = trail?.agreement;
  const promised = isPromised(disposition) && agreement?.type === 'callback' ? new Date(agreement.at) : null;
  const retry = promised ?? retryAt(row.retry, row.maxAttempts, { attempts, outcomes }, disposition, row.now);
  if (!retry) return { outcomes, attempts, nextAt: null };
  const phone = readPhone(row.number, null);
  const { zones } = zonesOf({ timezone: row.timezone, country: 'country' in phone ? phone.country : null });
  return { outcomes, attempts, nextAt: nextOpening(row.windows, zones, retry) };
}

/** Writes what leads are left with. */
export async function updateLeads(
  tx: Database,
  ended: readonly (Afterwards & { row: Pick<LeadRow, 'leadId'>; end: Pick<Ended, 'disposition'> })[],
): Promise<void> {
  const changes = ended.map(({ row, end, outcomes, attempts, nextAt }) => ({
    id: row.leadId,
    state: nextAt ? 'waiting' : 'done',
    next_at: nextAt,
    attempts,
    outcomes,
    disposition: end.disposition,
  }));
  await sql`
    update leads set state = c.state, next_at = c.next_at, attempts = c.attempts, outcomes = c.outcomes,
      disposition = c.disposition
    from json_to_recordset(${JSON.stringify(changes)}::json) as c(id bigint, state lead_state,
      next_at timestamptz, attempts integer, outcomes jsonb, disposition text)
    where leads.id = c.id
  `.execute(tx);
}

async function insertCalls(tx: Database, ended: readonly EndedLead[]): Promise<void> {
  const calls = ended.flatMap(({ row, end }) => (end.trail ? [callOf(row, end, end.trail)] : []));
  if (calls.length > 0) await tx.insertInto('calls').values(calls).execute();
}

function callOf(row: EndedRow, { attemptId, recording }: Ended, trail: Trail) {
  const endedAt = trail.endedAt ?? row.now;
  const tariff = {
    costPerMinute: Number(row.costPerMinute),
    minimumS: row.billingMinimumS,
    incrementS: row.billingIncrementS,
  };
  const talkMs = trail.answeredAt ? endedAt.getTime() - trail.answeredAt.getTime() : 0;
  return {
    ...bill(tariff, talkMs),
    id: attemptId,
    sipCallId: trail.sipCallId ?? null,
    dialedAt: trail.dialedAt,
    ringingAt: trail.ringingAt ?? null,
    progressAt: trail.progressAt ?? null,
    answeredAt: trail.answeredAt ?? null,
    endedAt,
    sipCode: (trail.answeredAt ? undefined : trail.hangupRequest?.sip) ?? null,
    q850: trail.destroyed?.q850 ?? null,
    evidence: JSON.stringify(trail),
    greetingHeard: trail.greetingHeard ?? false,
    recording: recording?.file ?? null,
    recordingSha256: recording?.sha256 ?? null,
    recordingMs: recording?.durationMs ?? null,
  };
}
