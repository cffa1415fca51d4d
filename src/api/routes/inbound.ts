import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { findInbound, listInbound } from '../../db/inbound.ts';
import { inboundCall, inboundCallDetail } from '../../protocol/call.ts';
import { pageOf, pageQuery } from '../../protocol/page.ts';
import { byUuid } from '../../protocol/values.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerOf } from '../openapi.ts';
import { answerPage, timePlace } from '../paging.ts';
import { problems, refuse } from '../problem.ts';
import { sendRecording } from '../recording.ts';

const walk = { order: 'newest', place: timePlace };
const missing = 'There is no inbound call with this id.';

/** `/inbound-calls`: the calls that came in at our numbers, live and ended. A live one ends by `/calls/:id/hangup`. */
export const inboundRoutes: FastifyPluginCallbackZod<Pick<Dependencies, 'db' | 'recordings'>> = (
  server,
  { db, recordings },
  done,
) => {
  const tags = ['calls'];

  server.get(
    '/inbound-calls',
    { schema: { tags, querystring: pageQuery, response: { 200: pageOf(inboundCall), ...problems } } },
    async ({ query }, reply) => answerPage(reply, query, walk, async (page) => listInbound(db, page)),
  );

  server.get(
    '/inbound-calls/:id',
    { schema: { tags, params: byUuid, response: { 200: inboundCallDetail, ...problems } } },
    async ({ params }, reply) => {
      const found = await findInbound(db, params);
      if (!found) return refuse(reply, 'not-found', missing);
      const { recording: _path, turns, ...shown } = found;
      // Turns are written as they end, side by side.
      return { ...shown, turns: turns.toSorted((a, b) => a.atMs - b.atMs) };
    },
  );

  server.get(
    '/inbound-calls/:id/recording',
    {
      schema: {
        tags,
        params: byUuid,
        response: { 200: answerOf('audio/wav', 'The recording'), ...problems },
      },
    },
    async ({ params, headers }, reply) => {
      const found = await findInbound(db, params);
      if (!found) return refuse(reply, 'not-found', missing);
      if (found.recording === null) return refuse(reply, 'not-found', 'This call has no recording.');
      return sendRecording(reply, { folder: recordings, file: found.recording, range: headers.range });
    },
  );
  done();
};
