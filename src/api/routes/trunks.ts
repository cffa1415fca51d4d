import type { FastifyReply } from 'fastify';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  deleteTrunk,
  findTrunk,
  insertTrunk,
  listTrunks,
  updateTrunk,
  usedCallerId,
} from '../../db/trunks.ts';
import { seal } from '../../engine/secret.ts';
import { pageOf, pageQuery } from '../../protocol/page.ts';
import { byTrunk, trunk, trunkCreate, trunkId, trunkPatch } from '../../protocol/trunk.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerPage } from '../paging.ts';
import { problems, refuse } from '../problem.ts';

const walk = { order: 'id', place: trunkId };
const noLogin = 'To register, a trunk needs a username and a password.';
const missing = 'There is no trunk with this id.';
const noAgent = (reply: FastifyReply) =>
  refuse(reply, 'unprocessable', 'There is no agent with this id.', [
    { pointer: '/inbound', detail: 'One of these agents does not exist.' },
  ]);

/** `/trunks`: our SIP connections to carriers. A password goes in and never comes out. */
export const trunkRoutes: FastifyPluginCallbackZod<Pick<Dependencies, 'db' | 'trunks' | 'secretKey'>> = (
  server,
  { db, trunks, secretKey },
  done,
) => {
  const tags = ['trunks'];
  const withStatus = <Row extends { readonly id: string }>(row: Row) => ({
    ...row,
    status: trunks.status(row.id),
  });
  const sealed = (id: string, password: string | null) =>
    password === null ? null : seal(secretKey, id, password);

  server.get(
    '/trunks',
    { schema: { tags, querystring: pageQuery, response: { 200: pageOf(trunk), ...problems } } },
    async ({ query }, reply) =>
      answerPage(reply, query, walk, async (page) => {
        const { items, next } = await listTrunks(db, page);
        return { items: items.map(withStatus), next };
      }),
  );

  server.post(
    '/trunks',
    { schema: { tags, body: trunkCreate, response: { 201: trunk, ...problems } } },
    async ({ body }, reply) => {
      if (body.registers && !(body.username !== null && body.password !== null)) {
        return refuse(reply, 'unprocessable', noLogin);
      }
      const created = await insertTrunk(db, { ...body, password: sealed(body.id, body.password) });
      if (created === 'unknown_agent') return noAgent(reply);
      if (!created) return refuse(reply, 'conflict', 'There is a trunk with this id.');
      await trunks.push(created.id);
      return reply.code(201).send(withStatus(created));
    },
  );

  server.get(
    '/trunks/:id',
    { schema: { tags, params: byTrunk, response: { 200: trunk, ...problems } } },
    async ({ params }, reply) => {
      const found = await findTrunk(db, params);
      return found ? withStatus(found) : refuse(reply, 'not-found', missing);
    },
  );

  server.patch(
    '/trunks/:id',
    { schema: { tags, params: byTrunk, body: trunkPatch, response: { 200: trunk, ...problems } } },
    async ({ params: { id }, body: { password, ...rest } }, reply) => {
      const change = password === undefined ? rest : { ...rest, password: sealed(id, password) };
      const before = await findTrunk(db, { id });
      if (!before) return refuse(reply, 'not-found', missing);
      const { registers, username } = { ...before, ...change };
      const hasPassword = password === undefined ? before.hasPassword : password !== null;
      if (registers && !(username !== null && hasPassword)) return refuse(reply, 'unprocessable', noLogin);
      const used = change.callerIds && (await usedCallerId(db, { id, except: change.callerIds }));
      if (used !== undefined) {
        return refuse(reply, 'conflict', 'A campaign uses a caller ID that would be gone.', [
          { pointer: '/callerIds', detail: `${used} is used.` },
        ]);
      }
      const changed = await updateTrunk(db, { id, change });
      if (changed === 'unknown_agent') return noAgent(reply);
      if (!changed) return refuse(reply, 'not-found', missing);
      await trunks.push(id);
      return withStatus(changed);
    },
  );

  server.delete(
    '/trunks/:id',
    { schema: { tags, params: byTrunk, response: { 204: z.undefined(), ...problems } } },
    async ({ params }, reply) => {
      const outcome = await deleteTrunk(db, params);
      if (outcome === 'missing') return refuse(reply, 'not-found', missing);
      if (outcome === 'in_use')
        return refuse(reply, 'conflict', 'A campaign, an attempt or an inbound call names this trunk.');
      await trunks.remove(params.id);
      return reply.code(204).send();
    },
  );
  done();
};
