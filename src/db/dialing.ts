import type { Database } from './database.ts';

/** The campaigns that are calling, with the rate of their trunk. */
export async function activeCampaigns(db: Database) {
  return await db
    .selectFrom('campaigns')
    .innerJoin('trunks', 'trunks.id', 'campaigns.trunkId')
    .select(['campaigns.id', 'trunks.callsPerSecond'])
    .where('campaigns.state', '=', 'active')
    .execute();
}

/** What a campaign's agent says first to a lead, and the contact's values for it. */
export async function greetingOf(
  db: Database,
  { leadId }: { leadId: number },
): Promise<{ template: string; values: Record<string, string> }> {
  const row = await db
    .selectFrom('leads')
    .innerJoin('contacts', 'contacts.id', 'leads.contactId')
    .innerJoin('campaigns', 'campaigns.id', 'leads.campaignId')
    .innerJoin('agents', 'agents.id', 'campaigns.agentId')
    .select(['greeting', 'firstName', 'lastName', 'email', 'company', 'title', 'custom', 'leads.number'])
    .where('leads.id', '=', leadId)
    .executeTakeFirstOrThrow();
  return {
    template: row.greeting,
    values: {
      ...row.custom,
      first_name: row.firstName ?? '',
      last_name: row.lastName ?? '',
      email: row.email ?? '',
      company: row.company ?? '',
      title: row.title ?? '',
      phone: row.number,
    },
  };
}
