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
