import { sql } from 'kysely';
import type { RetryPolicy } from '../campaign/retry.ts';
import type { Campaign, CampaignState } from '../campaign/state.ts';
import type { ObjectiveField } from '../conversation/objective.ts';
import type { Windows } from '../schedule/windows.ts';
import type { Changes } from './changes.ts';
import type { Database } from './database.ts';
import { beyond, micros, type PageRequest, type TimePlace, toPage } from './page.ts';

/** The settings of a campaign. */
export interface CampaignFields {
  readonly name: string;
  readonly description: string;
  readonly objective: string;
  readonly objectiveFields: readonly ObjectiveField[];
  readonly agentId: string | null;
  readonly trunkId: string | null;
  readonly callerId: string | null;
  readonly windows: Windows;
  readonly retry: RetryPolicy;
  readonly maxConcurrent: number;
  readonly maxAttempts: number;
  readonly minGapSeconds: number;
  readonly maxPer24Hours: number | null;
  readonly ringTimeoutSeconds: number;
  readonly turnTargetMs: number;
}

const columns = [
  'id',
  'name',
  'description',
  'objective',
  'objectiveFields',
  'agentId',
  'trunkId',
  'callerId',
  'windows',
  'retry',
  'maxConcurrent',
  'maxAttempts',
  'minGapS as minGapSeconds',
  'maxPerDay as maxPer24Hours',
  'ringTimeoutS as ringTimeoutSeconds',
  'turnTargetMs',
  'state',
  'pausedBecause',
  'createdAt',
  'startedAt',
  'endedAt',
] as const;

/** A campaign as it is stored, without its decisions' head. */
export type CampaignRow = NonNullable<Awaited<ReturnType<typeof findCampaign>>>;

/** Adds a campaign in draft. */
export async function insertCampaign(db: Database, campaign: CampaignFields) {
  const { windows, retry, objectiveFields, minGapSeconds, maxPer24Hours, ringTimeoutSeconds, ...rest } =
    campaign;
  return db
    .insertInto('campaigns')
    .values({
      ...rest,
      windows: JSON.stringify(windows),
      retry: JSON.stringify(retry),
      objectiveFields: JSON.stringify(objectiveFields),
      minGapS: minGapSeconds,
      maxPerDay: maxPer24Hours,
      ringTimeoutS: ringTimeoutSeconds,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** The campaigns, of one state if given, by the time they were made. */
export async function listCampaigns(
  db: Database,
  {
    limit,
    after,
    state,
    direction,
  }: PageRequest<TimePlace> & { state: CampaignState | undefined; direction: 'asc' | 'desc' },
) {
  let found = db.selectFrom('campaigns').select([...columns, micros('createdAt').as('place')]);
  if (state !== undefined) found = found.where('state', '=', state);
  if (after !== undefined) found = found.where(beyond('createdAt', direction, after));
  const rows = await found
    .orderBy('createdAt', direction)
    .orderBy('id', direction)
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ place, id }) => ({ at: place, id }));
}

/** The campaign, undefined if there is none. */
export async function findCampaign(db: Database, { id }: { id: string }) {
  return db.selectFrom('campaigns').select(columns).where('id', '=', id).executeTakeFirst();
}

/** The campaign, held against every other change until the transaction ends; undefined if there is none. */
export async function lockCampaign(tx: Database, { id }: { id: string }) {
  return tx.selectFrom('campaigns').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Changes the settings that are given; undefined if there is no such campaign. */
export async function updateCampaign(
  tx: Database,
  { id, change }: { id: string; change: Changes<CampaignFields> },
) {
  const { windows, retry, objectiveFields, minGapSeconds, maxPer24Hours, ringTimeoutSeconds, ...rest } =
    change;
  return tx
    .updateTable('campaigns')
    .set({
      ...rest,
      windows: windows && JSON.stringify(windows),
      retry: retry && JSON.stringify(retry),
      objectiveFields: objectiveFields && JSON.stringify(objectiveFields),
      minGapS: minGapSeconds,
      maxPerDay: maxPer24Hours,
      ringTimeoutS: ringTimeoutSeconds,
    })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirst();
}

/** Stores the state that a locked campaign has reached, and when it first started or ended. */
export async function saveCampaignState(tx: Database, { id, campaign }: { id: string; campaign: Campaign }) {
  const ended = campaign.state === 'completed' || campaign.state === 'cancelled';
  return tx
    .updateTable('campaigns')
    .set({
      state: campaign.state,
      pausedBecause: campaign.state === 'paused' ? [...campaign.because] : [],
      ...(campaign.state === 'active' && { startedAt: sql<Date>`coalesce(started_at, now())` }),
      ...(ended && { endedAt: sql<Date>`now()` }),
    })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** Removes a campaign in draft with its leads; one that was started keeps its records. */
export async function deleteDraft(
  db: Database,
  { id }: { id: string },
): Promise<'deleted' | 'missing' | 'started'> {
  const { numDeletedRows } = await db
    .deleteFrom('campaigns')
    .where('id', '=', id)
    .where('state', '=', 'draft')
    .executeTakeFirstOrThrow();
  if (numDeletedRows > 0n) return 'deleted';
  return (await findCampaign(db, { id })) ? 'started' : 'missing';
}

/** Whether a campaign has any lead. */
export async function hasLeads(db: Database, { id }: { id: string }): Promise<boolean> {
  const lead = await db
    .selectFrom('leads')
    .select('id')
    .where('campaignId', '=', id)
    .limit(1)
    .executeTakeFirst();
  return lead !== undefined;
}

/** The attempts of a campaign that nobody has answered yet. */
export async function unansweredAttempts(db: Database, { id }: { id: string }): Promise<string[]> {
  const rows = await db
    .selectFrom('attempts')
    .select('id')
    .where('campaignId', '=', id)
    .where('endedAt', 'is', null)
    .where('state', '<>', 'answered')
    .execute();
  return rows.map((attempt) => attempt.id);
}
