import { sql } from 'kysely';
import type { Disposition } from '../call/disposition.ts';
import { type ContactFilter, matches } from './contacts.ts';
import type { Database } from './database.ts';
import type { LeadState } from './generated.ts';
import { type PageRequest, toPage } from './page.ts';

/** What became of the contacts that were to be leads. */
export interface LeadsAdded {
  readonly added: number;
  readonly alreadyLeads: number;
  readonly onDncList: number;
}

/** Makes leads of the chosen contacts' first numbers, but not of those that must not be called there. */
export async function addLeads(
  tx: Database,
  { campaignId, from }: { campaignId: string; from: { contactIds: string[] } | { filter: ContactFilter } },
): Promise<LeadsAdded> {
  const contacts = tx.selectFrom('contacts').select('contacts.id');
  const chosen =
    'filter' in from
      ? contacts.where(matches(from.filter))
      : contacts.where('contacts.id', 'in', from.contactIds);
  const { rows } = await sql<LeadsAdded>`
    with numbered as materialized (
      select contact_id, number,
        exists (select from dnc where dnc.number = contact_numbers.number
          and (dnc.campaign_id is null or dnc.campaign_id = ${campaignId})) as listed
      from (${chosen}) as chosen join contact_numbers on contact_id = chosen.id and rank = 0
    ), added as (
      insert into leads (campaign_id, contact_id, number)
      select ${campaignId}, contact_id, number from numbered where not listed
      on conflict (campaign_id, number) do nothing
      returning id
    )
    select (select count(*) from added) as added,
      (select count(*) from numbered where listed) as on_dnc_list,
      (select count(*) from numbered where not listed) - (select count(*) from added) as already_leads
  `.execute(tx);
  return rows[0] ?? { added: 0, alreadyLeads: 0, onDncList: 0 };
}

/** A campaign's leads by number, all of them or those that the conditions fit. */
export async function listLeads(
  db: Database,
  query: PageRequest<string> & {
    campaignId: string;
    state: LeadState | undefined;
    disposition: Disposition | undefined;
    number: string | undefined;
  },
) {
  const { limit, after, campaignId, state, disposition, number } = query;
  let found = db
    .selectFrom('leads')
    .innerJoin('contacts', 'contacts.id', 'leads.contactId')
    .select([
      'leads.id',
      'contactId',
      'number',
      'firstName',
      'lastName',
      'state',
      'nextAt',
      'attempts',
      'outcomes',
      'disposition',
      'number as place',
    ])
    .where('campaignId', '=', campaignId);
  if (state !== undefined) found = found.where('state', '=', state);
  if (disposition !== undefined) found = found.where('disposition', '=', disposition);
  if (number !== undefined) found = found.where('number', '=', number);
  if (after !== undefined) found = found.where('number', '>', after);
  const rows = await found
    .orderBy('number')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ place }) => place);
}
