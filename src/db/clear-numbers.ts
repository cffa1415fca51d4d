import { type Kysely, sql } from 'kysely';
import type { DB } from './generated.ts';
import { afterwards, leadColumns, updateLeads } from './finish.ts';

/**
 * Takes back that numbers do not exist, since their trunk said so of every number (F12): the attempts become network
 * errors, and leads of campaigns that still run are rung again as the policy says.
 */
export async function clearNumbers(
  db: Kysely<DB>,
  { attemptIds }: { attemptIds: readonly string[] },
): Promise<void> {
  const end = { disposition: 'network_error', trail: null } as const;
  await db.transaction().execute(async (tx) => {
    const rows = await tx
      .with('cleared', (query) =>
        query
          .updateTable('attempts')
          .set({ disposition: end.disposition })
          .where('id', 'in', attemptIds)
          .where('disposition', '=', 'invalid_number')
          .returningAll(),
      )
      .selectFrom('cleared as attempts')
      .innerJoin('leads', 'leads.id', 'attempts.leadId')
      .innerJoin('campaigns', 'campaigns.id', 'leads.campaignId')
      .innerJoin('contacts', 'contacts.id', 'leads.contactId')
      .select(leadColumns)
      .select([sql<Date>`clock_timestamp()`.as('now'), sql<boolean>`true`.as('counts')])
      .where('campaigns.state', 'in', ['active', 'paused'])
      .where('leads.disposition', '=', 'invalid_number')
      .execute();
    const cleared = rows.map((row) => {
      const { invalid_number: _, ...outcomes } = row.outcomes;
      const before = Object.assign(row, { outcomes, attempts: row.attempts - 1 });
      return Object.assign(afterwards(before, end), { row, end });
    });
    await updateLeads(tx, cleared);
  });
}
