import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { findCampaign } from '../../db/campaigns.ts';
import { listDecisions } from '../../db/decisions.ts';
import { verifyChain } from '../../engine/decision-chain.ts';
import { createStatsReader } from '../../engine/stats.ts';
import { chainReport, decision } from '../../protocol/decision.ts';
import { pageOf, pageQuery } from '../../protocol/page.ts';
import { stats } from '../../protocol/stats.ts';
import { byUuid } from '../../protocol/values.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerPage, serialPlace } from '../paging.ts';
import { problems, refuse } from '../problem.ts';

const walk = { order: 'oldest', place: serialPlace };
const missing = 'There is no campaign with this id.';

/** `/campaigns/{id}/stats` and `/decisions`: how a campaign stands, and why it dialed whom. */
export const statsRoutes: FastifyPluginCallbackZod<Pick<Dependencies, 'db'>> = (server, { db }, done) => {
  const tags = ['campaigns'];
  const readStats = createStatsReader(db);

  server.get(
    '/campaigns/:id/stats',
    { schema: { tags, params: byUuid, response: { 200: stats, ...problems } } },
    async ({ params: { id } }, reply) => (await readStats(id)) ?? refuse(reply, 'not-found', missing),
  );

  server.get(
    '/campaigns/:id/decisions',
    {
      schema: {
        tags,
        params: byUuid,
        querystring: pageQuery,
        response: { 200: pageOf(decision), ...problems },
      },
    },
    async ({ params: { id }, query }, reply) => {
      if (!(await findCampaign(db, { id }))) return refuse(reply, 'not-found', missing);
      return answerPage(reply, query, walk, async (page) => listDecisions(db, { ...page, campaignId: id }));
    },
  );

  server.get(
    '/campaigns/:id/decisions/verification',
    { schema: { tags, params: byUuid, response: { 200: chainReport, ...problems } } },
    async ({ params: { id } }, reply) =>
      (await verifyChain(db, { campaignId: id })) ?? refuse(reply, 'not-found', missing),
  );
  done();
};
