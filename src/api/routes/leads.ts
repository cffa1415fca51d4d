import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { findCampaign } from '../../db/campaigns.ts';
import { listLeads } from '../../db/leads.ts';
import { addLeadsTo } from '../../engine/add-leads.ts';
import { lead, leadQuery, leadsAdd, leadsAdded } from '../../protocol/lead.ts';
import { pageOf } from '../../protocol/page.ts';
import { byUuid, e164 } from '../../protocol/values.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerPage } from '../paging.ts';
import { problems, refuse } from '../problem.ts';

const walk = { order: 'number', place: e164 };
const kinds = { missing: 'not-found', state: 'conflict', taken: 'conflict' } as const;

/** `/campaigns/{id}/leads`: whom a campaign rings. */
export const leadRoutes: FastifyPluginCallbackZod<Pick<Dependencies, 'db' | 'wakeDialer'>> = (
  server,
  { db, wakeDialer },
  done,
) => {
  const tags = ['leads'];

  server.get(
    '/campaigns/:id/leads',
    {
      schema: { tags, params: byUuid, querystring: leadQuery, response: { 200: pageOf(lead), ...problems } },
    },
    async ({ params: { id }, query: { state, disposition, number, ...query } }, reply) => {
      if (!(await findCampaign(db, { id }))) {
        return refuse(reply, 'not-found', 'There is no campaign with this id.');
      }
      return answerPage(reply, query, walk, async (page) =>
        listLeads(db, { ...page, campaignId: id, state, disposition, number }),
      );
    },
  );

  server.post(
    '/campaigns/:id/leads',
    { schema: { tags, params: byUuid, body: leadsAdd, response: { 200: leadsAdded, ...problems } } },
    async ({ params: { id }, body }, reply) => {
      const outcome = await addLeadsTo(db, { campaignId: id, from: body });
      if ('refused' in outcome) return refuse(reply, kinds[outcome.refused], outcome.detail);
      if (outcome.added > 0) wakeDialer();
      return outcome;
    },
  );
  done();
};
