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

/** The values of a lead's contact for the agent's templates, by the names that templates use. */
export async function templateValues(
  db: Database,
  { leadId }: { leadId: number },
): Promise<Readonly<Record<string, string>>> {
  const row = await db
    .selectFrom('leads')
    .innerJoin('contacts', 'contacts.id', 'leads.contactId')
    .select(['firstName', 'lastName', 'email', 'company', 'title', 'custom', 'leads.number'])
    .where('leads.id', '=', leadId)
    .executeTakeFirstOrThrow();
  return {
    ...row.custom,
    first_name: row.firstName ?? '',
    last_name: row.lastName ?? '',
    email: row.email ?? '',
    company: row.company ?? '',
    title: row.title ?? '',
    phone: row.number,
  };
}
