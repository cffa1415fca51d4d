import { type Kysely, sql } from 'kysely';
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

/** Which of these ids are attempts or inbound calls, whatever has become of them. */
export async function knownCalls(db: Database, { ids }: { ids: readonly string[] }): Promise<Set<string>> {
  const uuids = ids.filter((id) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id));
  const { rows } = await sql<{ id: string }>`
    select id from attempts where id = any(${uuids}::uuid[])
    union all select id from inbound_calls where id = any(${uuids}::uuid[])
  `.execute(db);
  return new Set(rows.map(({ id }) => id));
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
