import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { languageOf } from '../../conversation/intents.ts';
import { phrasesOf } from '../../conversation/phrases.ts';
import { deleteAgent, findAgent, insertAgent, listAgents, updateAgent } from '../../db/agents.ts';
import { agent, agentCreate, agentPatch } from '../../protocol/agent.ts';
import { pageOf, pageQuery } from '../../protocol/page.ts';
import { byUuid } from '../../protocol/values.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerPage, timePlace } from '../paging.ts';
import { problems, refuse } from '../problem.ts';

const walk = { order: 'newest', place: timePlace };
const missing = 'There is no agent with this id.';

/** `/agents`: the AIs that talk. */
export const agentRoutes: FastifyPluginCallbackZod<Pick<Dependencies, 'db' | 'canTalk' | 'voices'>> = (
  server,
  { db, canTalk, voices },
  done,
) => {
  const tags = ['agents'];
  /** What is wrong with the choice of a voice, if anything is. */
  const lacking = (voice: string | undefined): string | null =>
    voice === undefined || !voices?.names || voices.names.includes(voice)
      ? null
      : `There is no such voice; there are ${voices.names.join(', ')}.`;

  server.get(
    '/agents',
    { schema: { tags, querystring: pageQuery, response: { 200: pageOf(agent), ...problems } } },
    async ({ query }, reply) => answerPage(reply, query, walk, async (page) => listAgents(db, page)),
  );

  server.post(
    '/agents',
    { schema: { tags, body: agentCreate, response: { 201: agent, ...problems } } },
    async ({ body }, reply) => {
      const detail = lacking(body.voice);
      if (detail !== null) return refuse(reply, 'invalid-input', detail, [{ pointer: '/voice', detail }]);
      const talks = body.talks ?? canTalk();
      const voice = body.voice ?? voices?.standard ?? 'en_US-joe-medium';
      const recordingNotice = body.recordingNotice ?? phrasesOf[languageOf(body.language)].recordingNotice;
      const made = await insertAgent(db, { ...body, talks, voice, recordingNotice });
      return reply.code(201).send(made);
    },
  );

  server.get(
    '/agents/:id',
    { schema: { tags, params: byUuid, response: { 200: agent, ...problems } } },
    async ({ params }, reply) => (await findAgent(db, params)) ?? refuse(reply, 'not-found', missing),
  );

  server.patch(
    '/agents/:id',
    { schema: { tags, params: byUuid, body: agentPatch, response: { 200: agent, ...problems } } },
    async ({ params: { id }, body }, reply) => {
      const detail = lacking(body.voice);
      if (detail !== null) return refuse(reply, 'invalid-input', detail, [{ pointer: '/voice', detail }]);
      return (await updateAgent(db, { id, change: body })) ?? refuse(reply, 'not-found', missing);
    },
  );

  server.delete(
    '/agents/:id',
    { schema: { tags, params: byUuid, response: { 204: z.undefined(), ...problems } } },
    async ({ params }, reply) => {
      const outcome = await deleteAgent(db, params);
      if (outcome === 'missing') return refuse(reply, 'not-found', missing);
      if (outcome === 'in_use')
        return refuse(reply, 'conflict', 'A campaign has this agent, or it answers a number of a trunk.');
      return reply.code(204).send();
    },
  );
  done();
};
