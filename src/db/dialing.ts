import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Whether the agent says anything, and so needs a voice. */
const speaks = sql<boolean>`agents.greeting <> ''`.as('speaks');

/** The campaigns that are calling, with their trunk and its rate. */
export async function activeCampaigns(db: Database) {
  return await db
    .selectFrom('campaigns')
    .innerJoin('trunks', 'trunks.id', 'campaigns.trunkId')
    .innerJoin('agents', 'agents.id', 'campaigns.agentId')
    .select([
      'campaigns.id',
      'trunks.id as trunkId',
      'trunks.callsPerSecond',
      'campaigns.turnTargetMs',
      speaks,
      'agents.voice',
      'agents.talks',
    ])
    .where('campaigns.state', '=', 'active')
    .execute();
}

/** The campaigns that were started and have not ended, with the reasons why they are paused. */
export async function runningCampaigns(db: Database) {
  return await db
    .selectFrom('campaigns')
    .innerJoin('agents', 'agents.id', 'campaigns.agentId')
    .select(['campaigns.id', 'campaigns.pausedBecause', speaks, 'agents.voice', 'agents.talks'])
    .where('campaigns.state', 'in', ['active', 'paused'])
    .execute();
}
