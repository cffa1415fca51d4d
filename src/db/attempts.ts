import { type Kysely, sql } from 'kysely';
import type { Trail } from '../call/cause.ts';
import type { Disposition } from '../call/disposition.ts';
import { bill } from '../campaign/cost.ts';
import { retryAt } from '../campaign/retry.ts';
import { readPhone } from '../contact/phone.ts';
import { zonesOf } from '../schedule/callee-zones.ts';
import { nextOpening } from '../schedule/may-call.ts';
import { lockCampaign, saveCampaignState } from './campaigns.ts';
import type { Database } from './database.ts';
import type { AttemptState, DB } from './generated.ts';

/**
 * Marks reserved attempts as about to be dialed and returns those that may be: durable before any INVITE, so that a
 * restart knows which attempts can't have been placed (F1, F2). An attempt whose campaign was paused or cancelled,
 * or whose number was listed as DNC since the claim, is not returned (I4).
 */
export async function markDialing(
  db: Database,
  { attemptIds }: { attemptIds: readonly string[] },
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    update attempts set state = 'dialing'
    from campaigns
    where attempts.id = any(${attemptIds}::uuid[]) and attempts.state = 'reserved'
      and campaigns.id = attempts.campaign_id and campaigns.state = 'active'
      and not exists (select from dnc where dnc.number = attempts.number
        and (dnc.campaign_id is null or dnc.campaign_id = attempts.campaign_id))
    returning attempts.id
  `.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** Writes how far live attempts have come; one that has ended stays ended (I15). */
export async function markProgress(
  db: Database,
  { states }: { states: readonly { id: string; state: Exclude<AttemptState, 'ended'> }[] },
): Promise<void> {
  await sql`
    update attempts set state = s.state
    from json_to_recordset(${JSON.stringify(states)}::json) as s(id uuid, state attempt_state)
    where attempts.id = s.id and attempts.ended_at is null
  `.execute(db);
}

/** The attempts of a PBX that have not ended: after a start, those to reconcile. */
export async function liveAttempts(db: Database, { pbx }: { pbx: string }) {
  return await db
    .selectFrom('attempts')
    .select(['id', 'state', 'reservedAt', 'dialAt'])
    .where('pbx', '=', pbx)
    .where('endedAt', 'is', null)
    .execute();
}

/** A recorded call: path below the recordings folder, its hash and length. */
export interface Recording {
  readonly file: string;
  readonly sha256: Buffer;
  readonly durationMs: number;
}

/** What finishing an attempt came to. */
export interface Finished {
  readonly campaignId: string;
  readonly trunkId: string;
  readonly leadId: number;
  readonly leadDone: boolean;
  readonly nextAt: Date | null;
}

/**
 * Ends an attempt once and for all: its disposition, its call, and the lead's next time in the first window that the
 * policy allows. Returns null when it has ended before: a terminal state never reopens (I5, I15).
 */
export async function finishAttempt(
  db: Kysely<DB>,
  end: { attemptId: string; disposition: Disposition; trail: Trail | null; recording: Recording | null },
): Promise<Finished | null> {
  return await db.transaction().execute(async (tx) => {
    const ended = await endAttempt(tx, end);
    if (!ended) return null;
    const outcomes = { ...ended.outcomes, [end.disposition]: (ended.outcomes[end.disposition] ?? 0) + 1 };
    const attempts = ended.attempts + (ended.counts ? 1 : 0);
    const retry = retryAt(ended.retry, ended.maxAttempts, { attempts, outcomes }, end.disposition, ended.now);
    const phone = readPhone(ended.number, null);
    const { zones } = zonesOf({
      timezone: ended.timezone,
      country: 'country' in phone ? phone.country : null,
    });
    const nextAt = retry && nextOpening(ended.windows, zones, retry);
    await tx
      .updateTable('leads')
      .set({
        state: nextAt ? 'waiting' : 'done',
        nextAt,
        attempts,
        outcomes: JSON.stringify(outcomes),
        disposition: end.disposition,
      })
      .where('id', '=', ended.leadId)
      .execute();
    if (end.trail) await insertCall(tx, { ...end, trail: end.trail, tariff: ended, now: ended.now });
    return {
      campaignId: ended.campaignId,
      trunkId: ended.trunkId,
      leadId: ended.leadId,
      leadDone: nextAt === null,
      nextAt,
    };
  });
}

type EndedAttempt = NonNullable<Awaited<ReturnType<typeof endAttempt>>>;

function endAttempt(
  tx: Database,
  { attemptId, disposition }: { attemptId: string; disposition: Disposition },
) {
  return tx
    .updateTable('attempts')
    .from('leads')
    .innerJoin('campaigns', 'campaigns.id', 'leads.campaignId')
    .innerJoin('contacts', 'contacts.id', 'leads.contactId')
    .innerJoin('dispositions', (join) => join.on('dispositions.code', '=', disposition))
    .innerJoin('trunks', (join) => join.onTrue())
    .whereRef('leads.id', '=', 'attempts.leadId')
    .whereRef('trunks.id', '=', 'attempts.trunkId')
    .where('attempts.id', '=', attemptId)
    .where('attempts.endedAt', 'is', null)
    .set({ state: 'ended', endedAt: sql<Date>`clock_timestamp()`, disposition })
    .returning([
      'attempts.endedAt as now',
      'attempts.leadId',
      'attempts.campaignId',
      'attempts.trunkId',
      'attempts.number',
      'leads.attempts',
      'leads.outcomes',
      'campaigns.retry',
      'campaigns.maxAttempts',
      'campaigns.windows',
      'contacts.timezone',
      'dispositions.counts',
      'trunks.costPerMinute',
      'trunks.billingMinimumS',
      'trunks.billingIncrementS',
    ])
    .$narrowType<{ now: Date }>()
    .executeTakeFirst();
}

async function insertCall(
  tx: Database,
  call: { attemptId: string; trail: Trail; recording: Recording | null; tariff: EndedAttempt; now: Date },
): Promise<void> {
  const { trail, recording, tariff } = call;
  const endedAt = trail.endedAt ?? call.now;
  const talkMs = trail.answeredAt ? endedAt.getTime() - trail.answeredAt.getTime() : 0;
  const { billedS, cost } = bill(
    {
      costPerMinute: Number(tariff.costPerMinute),
      minimumS: tariff.billingMinimumS,
      incrementS: tariff.billingIncrementS,
    },
    talkMs,
  );
  await tx
    .insertInto('calls')
    .values({
      id: call.attemptId,
      sipCallId: trail.sipCallId ?? null,
      dialedAt: trail.dialedAt,
      ringingAt: trail.ringingAt ?? null,
      progressAt: trail.progressAt ?? null,
      answeredAt: trail.answeredAt ?? null,
      endedAt,
      sipCode: (trail.answeredAt ? undefined : trail.hangupRequest?.sip) ?? null,
      q850: trail.destroyed?.q850 ?? null,
      evidence: JSON.stringify(trail),
      billedS,
      cost,
      greetingHeard: trail.greetingHeard ?? false,
      recording: recording?.file ?? null,
      recordingSha256: recording?.sha256 ?? null,
      recordingMs: recording?.durationMs ?? null,
    })
    .execute();
}

/**
 * Completes a running campaign whose last lead is done; returns whether it did. The leads are looked at once more
 * when the campaign is locked: whoever adds leads holds that lock, and theirs are seen only by a later statement.
 */
export async function completeIfDone(
  db: Kysely<DB>,
  { campaignId }: { campaignId: string },
): Promise<boolean> {
  if (await hasOpenLeads(db, { campaignId })) return false;
  return await db.transaction().execute(async (tx) => {
    const campaign = await lockCampaign(tx, { id: campaignId });
    if (campaign?.state !== 'active' && campaign?.state !== 'paused') return false;
    if (await hasOpenLeads(tx, { campaignId })) return false;
    await saveCampaignState(tx, { id: campaignId, campaign: { state: 'completed' } });
    return true;
  });
}

async function hasOpenLeads(db: Database, { campaignId }: { campaignId: string }): Promise<boolean> {
  const open = await db
    .selectFrom('leads')
    .select('id')
    .where('campaignId', '=', campaignId)
    .where('state', '<>', 'done')
    .limit(1)
    .executeTakeFirst();
  return open !== undefined;
}
