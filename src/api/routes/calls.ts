import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findAnalysis, listFields } from '../../db/analyses.ts';
import { findTranscript } from '../../db/transcripts.ts';
import { listTransfers } from '../../db/transfers.ts';
import { findCall, findRecording, listCalls } from '../../db/calls.ts';
import { analysis, call, callDetail, callQuery, transcript } from '../../protocol/call.ts';
import { pageOf } from '../../protocol/page.ts';
import { byUuid } from '../../protocol/values.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerOf } from '../openapi.ts';
import { answerPage, timePlace } from '../paging.ts';
import { problems, refuse } from '../problem.ts';
import { sendRecording } from '../recording.ts';

const walk = { order: 'newest', place: timePlace };
const missing = 'There is no call with this id.';

/** `/calls`: every attempt, live and ended, with its recording. */
export const callRoutes: FastifyPluginCallbackZod<Pick<Dependencies, 'db' | 'calls' | 'recordings'>> = (
  server,
  { db, calls, recordings },
  done,
) => {
  const tags = ['calls'];

  server.get(
    '/calls',
    { schema: { tags, querystring: callQuery, response: { 200: pageOf(call), ...problems } } },
    async ({ query: { limit, cursor, ...conditions } }, reply) =>
      answerPage(reply, { limit, cursor }, walk, async (page) => listCalls(db, { ...page, ...conditions })),
  );

  server.get(
    '/calls/:id',
    { schema: { tags, params: byUuid, response: { 200: callDetail, ...problems } } },
    async ({ params }, reply) => {
      const found = await findCall(db, params);
      if (!found) return refuse(reply, 'not-found', missing);
      return { ...withVerdict(found), transfers: await listTransfers(db, { callId: params.id }) };
    },
  );

  server.get(
    '/calls/:id/transcript',
    { schema: { tags, params: byUuid, response: { 200: transcript, ...problems } } },
    async ({ params }, reply) => {
      const turns = await findTranscript(db, params);
      return turns ? { turns } : refuse(reply, 'not-found', missing);
    },
  );

  server.get(
    '/calls/:id/analysis',
    { schema: { tags, params: byUuid, response: { 200: analysis, ...problems } } },
    async ({ params: { id } }, reply) => {
      const found = await findAnalysis(db, { callId: id });
      if (found) return toAnalysis(found, await listFields(db, { callId: id }));
      if (!(await findCall(db, { id }))) return refuse(reply, 'not-found', missing);
      return refuse(reply, 'not-found', 'The callee has said nothing in this call, or it still goes on.');
    },
  );

  server.get(
    '/calls/:id/recording',
    {
      schema: {
        tags,
        params: byUuid,
        response: { 200: answerOf('audio/wav', 'The recording'), ...problems },
      },
    },
    async ({ params, headers }, reply) => {
      const file = await findRecording(db, params);
      if (file === undefined) return refuse(reply, 'not-found', missing);
      if (file === null) return refuse(reply, 'not-found', 'This call has no recording.');
      return sendRecording(reply, { folder: recordings, file, range: headers.range });
    },
  );

  server.post(
    '/calls/:id/hangup',
    { schema: { tags, params: byUuid, response: { 202: z.undefined(), ...problems } } },
    async ({ params: { id } }, reply) => {
      if (await calls.hangUp(id)) return reply.code(202).send();
      if (!(await findCall(db, { id }))) return refuse(reply, 'not-found', missing);
      return refuse(reply, 'conflict', 'This call is not live.');
    },
  );
  done();
};

function toAnalysis(
  row: NonNullable<Awaited<ReturnType<typeof findAnalysis>>>,
  fields: Awaited<ReturnType<typeof listFields>>,
) {
  const { analysedAt, summary, sentiment, sentimentQuote, disposition, dispositionQuote } = row;
  return {
    analysedAt,
    summary,
    sentiment: sentiment && sentimentQuote !== null ? { value: sentiment, quote: sentimentQuote } : null,
    disposition:
      disposition && dispositionQuote !== null ? { value: disposition, quote: dispositionQuote } : null,
    fields,
  };
}

function withVerdict({
  class: answered,
  correctedBy: by,
  correctedAt: at,
  ...found
}: NonNullable<Awaited<ReturnType<typeof findCall>>>) {
  const { evidence: _kept, ...verdict } = found.evidence?.verdict ?? { evidence: null };
  return {
    ...found,
    verdict: 'class' in verdict ? verdict : null,
    correction: answered && by !== null && at ? { class: answered, by, at } : null,
  };
}
