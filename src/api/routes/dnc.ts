import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findCampaign } from '../../db/campaigns.ts';
import { deleteOperatorDnc, listDnc } from '../../db/dnc.ts';
import { listAsDnc } from '../../engine/do-not-call.ts';
import { dncCreate, dncEntry, dncQuery } from '../../protocol/dnc.ts';
import { pageOf } from '../../protocol/page.ts';
import { bySerial } from '../../protocol/values.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerPage, serialPlace } from '../paging.ts';
import { problems, refuse } from '../problem.ts';

const walk = { order: 'newest', place: serialPlace };

/** `/dnc`: who must not be called. */
export const dncRoutes: FastifyPluginCallbackZod<Pick<Dependencies, 'db' | 'calls'>> = (
  server,
  { db, calls },
  done,
) => {
  const tags = ['dnc'];

  server.get(
    '/dnc',
    { schema: { tags, querystring: dncQuery, response: { 200: pageOf(dncEntry), ...problems } } },
    async ({ query }, reply) =>
      answerPage(reply, query, walk, async (page) => listDnc(db, { ...page, number: query.number })),
  );

  server.post(
    '/dnc',
    { schema: { tags, body: dncCreate, response: { 200: dncEntry, 201: dncEntry, ...problems } } },
    async ({ body }, reply) => {
      if (body.campaignId && !(await findCampaign(db, { id: body.campaignId }))) {
        return refuse(reply, 'unprocessable', 'There is no campaign with this id.');
      }
      const { added, entry } = await listAsDnc(db, calls, { ...body, source: 'operator' });
      if (!entry) return refuse(reply, 'conflict', 'The entry was removed at the same moment.');
      return reply.code(added ? 201 : 200).send(entry);
    },
  );

  server.delete(
    '/dnc/:id',
    { schema: { tags, params: bySerial, response: { 204: z.undefined(), ...problems } } },
    async ({ params }, reply) => {
      const outcome = await deleteOperatorDnc(db, params);
      if (outcome === 'missing') return refuse(reply, 'not-found', 'There is no entry with this id.');
      if (outcome === 'kept') {
        const why = 'Only what an operator entered for all campaigns can be removed.';
        return refuse(reply, 'conflict', why);
      }
      return reply.code(204).send();
    },
  );
  done();
};
