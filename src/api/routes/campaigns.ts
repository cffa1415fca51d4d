import type { FastifyReply } from 'fastify';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { PauseReason } from '../../campaign/state.ts';
import { type CampaignRow, deleteDraft, findCampaign, listCampaigns } from '../../db/campaigns.ts';
import type { CampaignOutcome } from '../../engine/commands.ts';
import { campaign, campaignCreate, campaignPatch, campaignQuery } from '../../protocol/campaign.ts';
import { pageOf } from '../../protocol/page.ts';
import { byUuid } from '../../protocol/values.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerPage, timePlace } from '../paging.ts';
import { problems, refuse } from '../problem.ts';

const missing = 'There is no campaign with this id.';
const kinds = { missing: 'not-found', state: 'conflict', incomplete: 'unprocessable' } as const;

const toBody = (row: CampaignRow) => ({ ...row, pausedBecause: row.pausedBecause as PauseReason[] });

const answer = (reply: FastifyReply, outcome: CampaignOutcome) =>
  'campaign' in outcome ? toBody(outcome.campaign) : refuse(reply, kinds[outcome.refused], outcome.detail);

/** `/campaigns`: their settings and their way from draft to completed or cancelled. */
export const campaignRoutes: FastifyPluginCallbackZod<Pick<Dependencies, 'db' | 'campaigns'>> = (
  server,
  { db, campaigns },
  done,
) => {
  const tags = ['campaigns'];

  server.get(
    '/campaigns',
    { schema: { tags, querystring: campaignQuery, response: { 200: pageOf(campaign), ...problems } } },
    async ({ query: { order, state, ...query } }, reply) =>
      answerPage(reply, query, { order, place: timePlace }, async (page) => {
        const direction = order === 'newest' ? 'desc' : 'asc';
        const { items, next } = await listCampaigns(db, { ...page, state, direction });
        return { items: items.map(toBody), next };
      }),
  );

  server.post(
    '/campaigns',
    { schema: { tags, body: campaignCreate, response: { 201: campaign, ...problems } } },
    async ({ body }, reply) => {
      const outcome = await campaigns.create(body);
      return 'campaign' in outcome
        ? reply.code(201).send(toBody(outcome.campaign))
        : refuse(reply, kinds[outcome.refused], outcome.detail);
    },
  );

  server.get(
    '/campaigns/:id',
    { schema: { tags, params: byUuid, response: { 200: campaign, ...problems } } },
    async ({ params }, reply) => {
      const found = await findCampaign(db, params);
      return found ? toBody(found) : refuse(reply, 'not-found', missing);
    },
  );

  server.patch(
    '/campaigns/:id',
    { schema: { tags, params: byUuid, body: campaignPatch, response: { 200: campaign, ...problems } } },
    async ({ params: { id }, body }, reply) => answer(reply, await campaigns.change(id, body)),
  );

  server.delete(
    '/campaigns/:id',
    { schema: { tags, params: byUuid, response: { 204: z.undefined(), ...problems } } },
    async ({ params }, reply) => {
      const outcome = await deleteDraft(db, params);
      if (outcome === 'missing') return refuse(reply, 'not-found', missing);
      if (outcome === 'started') {
        return refuse(reply, 'conflict', 'Only a draft can be removed: what was dialed stays on record.');
      }
      return reply.code(204).send();
    },
  );

  for (const command of ['start', 'pause', 'resume', 'cancel'] as const) {
    server.post(
      `/campaigns/:id/${command}`,
      { schema: { tags, params: byUuid, response: { 200: campaign, ...problems } } },
      async ({ params: { id } }, reply) => answer(reply, await campaigns[command](id)),
    );
  }
  done();
};
