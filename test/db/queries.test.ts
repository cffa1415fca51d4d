import { CompiledQuery } from 'kysely';
import { expect, test } from 'vitest';
import { listCalls } from '../../src/db/calls.ts';
import { listContacts } from '../../src/db/contacts.ts';
import type { Connection } from '../../src/db/database.ts';
import { listDecisions, nextLinks } from '../../src/db/decisions.ts';
import { listDnc, liveAttemptsAt } from '../../src/db/dnc.ts';
import { hasLeads, unansweredAttempts } from '../../src/db/campaigns.ts';
import { listInbound } from '../../src/db/inbound.ts';
import { listLeads } from '../../src/db/leads.ts';
import { readPace } from '../../src/db/stats.ts';
import { freshDatabase } from '../support/database.ts';
import { statementsOf } from '../support/sql.ts';

const db = await freshDatabase();
const campaignId = '00000000-0000-4000-8000-000000000001';
const number = '+4930123456';
const limit = 50;
const after = { at: 1_700_000_000_000_000, id: campaignId };
const anyLead = { campaignId, state: undefined, disposition: undefined, number: undefined };

/** What is asked of tables that grow, each with the index that answers it. */
const queries: Record<string, [index: string, (db: Connection) => Promise<unknown>]> = {
  'all calls': ['attempts_by_age', async (db) => listCalls(db, { limit, after })],
  'calls of a campaign': ['attempts_of_campaign', async (db) => listCalls(db, { limit, after, campaignId })],
  'calls of a lead': ['attempts_of_lead', async (db) => listCalls(db, { limit, after, leadId: 1 })],
  'calls to a number': ['attempts_of_number', async (db) => listCalls(db, { limit, after, number })],
  'calls that came in': ['inbound_calls_by_age', async (db) => listInbound(db, { limit, after })],
  contacts: [
    'contacts_by_age',
    async (db) => listContacts(db, { limit, after, filter: {}, direction: 'desc' }),
  ],
  'contacts by number': [
    'contact_numbers_pkey',
    async (db) => listContacts(db, { limit, after: undefined, filter: { number }, direction: 'asc' }),
  ],
  leads: ['leads_campaign_id_number_key', async (db) => listLeads(db, { ...anyLead, limit, after: number })],
  'any lead': [
    'leads_campaign_id_number_key|leads_due|leads_open',
    async (db) => hasLeads(db, { id: campaignId }),
  ],
  'do-not-call entries': ['dnc_pkey', async (db) => listDnc(db, { limit, after: 7, number: undefined })],
  'live attempts at a number': [
    'attempts_one_live_per_number',
    async (db) => liveAttemptsAt(db, { number, campaignId: null }),
  ],
  'unanswered attempts': [
    'attempts_live_of_campaign',
    async (db) => unansweredAttempts(db, { id: campaignId }),
  ],
  decisions: ['decisions_of_campaign', async (db) => listDecisions(db, { limit, after: 7, campaignId })],
  'a chain': ['decisions_of_campaign', async (db) => nextLinks(db, { limit, after: 7, campaignId })],
  pace: ['leads_due', async (db) => readPace(db, { campaignId, recentSeconds: 900 })],
};

test.each(Object.entries(queries))('%s: found by index', async (_what, [index, query]) => {
  const [statement] = await statementsOf(db, query);
  if (!statement) throw new Error('Nothing was asked');
  expect(statement.sql).toMatchSnapshot();
  // The tables are empty, so the planner is told that reading one from end to end is dear.
  const plan = await db.connection().execute(async (one) => {
    await one.executeQuery(CompiledQuery.raw('set enable_seqscan = off'));
    await one.executeQuery(CompiledQuery.raw('set enable_sort = off'));
    await one.executeQuery(CompiledQuery.raw('set enable_bitmapscan = off'));
    return one.executeQuery(CompiledQuery.raw(`explain ${statement.sql}`, [...statement.parameters]));
  });
  expect(JSON.stringify(plan.rows)).toMatch(new RegExp(`Index (Only )?Scan .*(${index})`));
});
