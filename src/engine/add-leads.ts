import { type CampaignRow, findCampaign, lockCampaign } from '../db/campaigns.ts';
import { type ContactFields, type ContactFilter, insertContact, isTaken } from '../db/contacts.ts';
import type { Connection, Database } from '../db/database.ts';
import { type LeadsAdded, addLeads } from '../db/leads.ts';
import { commitUnless } from '../db/transaction.ts';

/** Who is to become a lead: a person not yet in the database, or contacts by id or by filter. */
export type LeadSource =
  | { readonly contact: ContactFields }
  | { readonly contactIds: string[] }
  | { readonly filter: ContactFilter };

/** Why nobody was added: no such campaign, one that has ended, or a contact by hand whose number is taken. */
export interface NobodyAdded {
  readonly refused: 'missing' | 'state' | 'taken';
  readonly detail: string;
}

/** Adds leads to a campaign that has not ended; a campaign that runs rings them at once. */
export async function addLeadsTo(
  db: Connection,
  { campaignId, from }: { campaignId: string; from: LeadSource },
): Promise<LeadsAdded | NobodyAdded> {
  return commitUnless(isRefusal, db, async (tx): Promise<LeadsAdded | NobodyAdded> => {
    const refusal = whyNot(await findCampaign(tx, { id: campaignId }));
    if (refusal) return refusal;
    const chosen = await choose(tx, from);
    if ('refused' in chosen) return chosen;
    const added = await addLeads(tx, { campaignId, from: chosen });
    // Locked only now, since a campaign that runs can claim nothing meanwhile; it may have ended in between.
    return whyNot(await lockCampaign(tx, { id: campaignId })) ?? added;
  });
}

function whyNot(campaign: CampaignRow | undefined): NobodyAdded | null {
  if (!campaign) return { refused: 'missing', detail: 'There is no campaign with this id.' };
  if (campaign.state !== 'completed' && campaign.state !== 'cancelled') return null;
  return { refused: 'state', detail: `The campaign is ${campaign.state} and takes no more leads.` };
}

const isRefusal = (outcome: LeadsAdded | NobodyAdded): outcome is NobodyAdded => 'refused' in outcome;

async function choose(
  tx: Database,
  from: LeadSource,
): Promise<Exclude<LeadSource, { contact: ContactFields }> | NobodyAdded> {
  if (!('contact' in from)) return from;
  const created = await insertContact(tx, from.contact);
  if (!isTaken(created)) return { contactIds: [created.id] };
  return {
    refused: 'taken',
    detail: `${created.taken} belongs to a contact already: add that one by its id.`,
  };
}
