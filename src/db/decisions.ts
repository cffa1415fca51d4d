import { sql } from 'kysely';
import type { Database } from './database.ts';
import { type PageRequest, toPage } from './page.ts';

/** A campaign's decisions in the order in which they were taken. */
export async function listDecisions(
  db: Database,
  { limit, after, campaignId }: PageRequest<number> & { campaignId: string },
) {
  let found = db
    .selectFrom('decisions')
    .select([
      'id',
      'leadId',
      'attemptId',
      'verdict',
      'at',
      'proof',
      sql<string>`encode(hash, 'hex')`.as('hash'),
      'id as place',
    ])
    .where('campaignId', '=', campaignId);
  if (after !== undefined) found = found.where('id', '>', after);
  const rows = await found
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ place }) => place);
}

/** The next links of a campaign's chain of decisions after an id, oldest first. */
export async function nextLinks(
  db: Database,
  { campaignId, after, limit }: { campaignId: string; after: number; limit: number },
) {
  return db
    .selectFrom('decisions')
    .select(['id', 'proof', 'hash'])
    .where('campaignId', '=', campaignId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** The hash that a campaign's next decision builds on; undefined if there is no such campaign. */
export async function findDecisionHead(
  db: Database,
  { campaignId }: { campaignId: string },
): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('campaigns')
    .select('decisionHead')
    .where('id', '=', campaignId)
    .executeTakeFirst();
  return row?.decisionHead;
}
