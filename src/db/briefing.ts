import { readPhone } from '../contact/phone.ts';
import { zonesOf } from '../schedule/callee-zones.ts';
import type { Database } from './database.ts';

/** What an agent that talks must know of a call besides the contact's values. */
export type CallBriefing = Awaited<ReturnType<typeof briefingOf>>;

/** The briefing for the call of a lead. */
export async function briefingOf(db: Database, { leadId }: { leadId: number }) {
  const { number, timezone, objective, agentObjective, ...rest } = await db
    .selectFrom('leads')
    .innerJoin('contacts', 'contacts.id', 'leads.contactId')
    .innerJoin('campaigns', 'campaigns.id', 'leads.campaignId')
    .innerJoin('agents', 'agents.id', 'campaigns.agentId')
    .select([
      'leads.number',
      'contacts.timezone',
      'campaigns.objective',
      'campaigns.objectiveFields',
      'campaigns.windows',
      'agents.id as agentId',
      'agents.name',
      'agents.persona',
      'agents.objective as agentObjective',
      'agents.disclosure',
      'agents.language',
      'agents.noInputS',
      'agents.tools',
      'agents.transferTargets',
    ])
    .where('leads.id', '=', leadId)
    .executeTakeFirstOrThrow();
  const phone = readPhone(number, null);
  const { zones } = zonesOf({ timezone, country: 'country' in phone ? phone.country : null });
  return { ...rest, objective: agentObjective || objective, zones };
}
