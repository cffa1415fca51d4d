import { sql } from 'kysely';
import type { Disposition } from '../call/disposition.ts';
import type { Database } from './database.ts';

/** How many of a campaign's leads stand where; `called` of them were rung at least once. */
export async function countLeads(db: Database, { campaignId }: { campaignId: string }) {
  const rows = await db
    .selectFrom('leads')
    .select([
      'state',
      'disposition',
      sql<number>`count(*)`.as('leads'),
      sql<number>`count(*) filter (where attempts > 0)`.as('called'),
    ])
    .where('campaignId', '=', campaignId)
    .groupBy(['state', 'disposition'])
    .execute();
  return rows;
}

/** What came of a campaign's ended attempts that reached the wire, per disposition; `totalCost` is that of all. */
export async function sumCalls(db: Database, { campaignId }: { campaignId: string }) {
  return db
    .selectFrom('attempts')
    .innerJoin('calls', 'calls.id', 'attempts.id')
    .innerJoin('dispositions', 'dispositions.code', 'attempts.disposition')
    .select([
      'dispositions.code as disposition',
      'dispositions.connected',
      sql<number>`count(*)`.as('calls'),
      sql<number>`count(calls.answered_at)`.as('answered'),
      sql<number>`coalesce(sum(extract(epoch from calls.ended_at - calls.answered_at)), 0)::float8`.as(
        'talkSeconds',
      ),
      sql<string>`sum(sum(calls.cost)) over ()`.as('totalCost'),
    ])
    .where('attempts.campaignId', '=', campaignId)
    .where('attempts.endedAt', 'is not', null)
    .groupBy(['dispositions.code', 'dispositions.connected'])
    .$narrowType<{ disposition: Disposition }>()
    .execute();
}

/** What an estimate of a campaign's end needs to see; undefined if there is no such campaign. */
export async function readPace(
  db: Database,
  { campaignId, recentSeconds }: { campaignId: string; recentSeconds: number },
) {
  return db
    .selectFrom('campaigns')
    .select([
      'state',
      sql<Date>`clock_timestamp()`.as('now'),
      sql<number>`(select count(*) from attempts where campaign_id = campaigns.id
        and reserved_at > clock_timestamp() - ${recentSeconds} * interval '1 second')`.as('recentAttempts'),
      sql<number>`(select count(*) from attempts where campaign_id = campaigns.id and ended_at is null)`.as(
        'active',
      ),
      sql<Date | null>`(select max(next_at) from leads where campaign_id = campaigns.id
        and state = 'waiting')`.as('lastDueAt'),
    ])
    .where('id', '=', campaignId)
    .executeTakeFirst();
}
