import type { FastifyReply } from 'fastify';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type Taken,
  deleteContact,
  findContact,
  insertContact,
  isTaken,
  listContacts,
  updateContact,
} from '../../db/contacts.ts';
import { commitUnless } from '../../db/transaction.ts';
import { contact, contactCreate, contactPatch, contactQuery } from '../../protocol/contact.ts';
import { pageOf } from '../../protocol/page.ts';
import { byUuid } from '../../protocol/values.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerPage, timePlace } from '../paging.ts';
import { problems, refuse } from '../problem.ts';

const missing = 'There is no contact with this id.';
const refuseTaken = (reply: FastifyReply, { taken }: Taken) =>
  refuse(reply, 'conflict', 'A number is taken.', [
    { pointer: '/numbers', detail: `${taken} belongs to another contact.` },
  ]);

/** `/contacts`: the people in the database. */
export const contactRoutes: FastifyPluginCallbackZod<Pick<Dependencies, 'db'>> = (server, { db }, done) => {
  const tags = ['contacts'];

  server.get(
    '/contacts',
    { schema: { tags, querystring: contactQuery, response: { 200: pageOf(contact), ...problems } } },
    async ({ query: { order, limit, cursor, ...filter } }, reply) =>
      answerPage(reply, { limit, cursor }, { order, place: timePlace }, async (page) =>
        listContacts(db, { ...page, filter, direction: order === 'newest' ? 'desc' : 'asc' }),
      ),
  );

  server.post(
    '/contacts',
    { schema: { tags, body: contactCreate, response: { 201: contact, ...problems } } },
    async ({ body }, reply) => {
      const outcome = await commitUnless(isTaken, db, async (tx) => insertContact(tx, body));
      if (isTaken(outcome)) return refuseTaken(reply, outcome);
      const created = await findContact(db, outcome);
      return created ? reply.code(201).send(created) : refuse(reply, 'not-found', missing);
    },
  );

  server.get(
    '/contacts/:id',
    { schema: { tags, params: byUuid, response: { 200: contact, ...problems } } },
    async ({ params }, reply) => (await findContact(db, params)) ?? refuse(reply, 'not-found', missing),
  );

  server.patch(
    '/contacts/:id',
    { schema: { tags, params: byUuid, body: contactPatch, response: { 200: contact, ...problems } } },
    async ({ params: { id }, body }, reply) => {
      const outcome = await commitUnless(isTaken, db, async (tx) => updateContact(tx, { id, change: body }));
      if (isTaken(outcome)) return refuseTaken(reply, outcome);
      return (outcome && (await findContact(db, { id }))) ?? refuse(reply, 'not-found', missing);
    },
  );

  server.delete(
    '/contacts/:id',
    { schema: { tags, params: byUuid, response: { 204: z.undefined(), ...problems } } },
    async ({ params }, reply) => {
      const outcome = await db.transaction().execute(async (tx) => deleteContact(tx, params));
      if (outcome === 'missing') return refuse(reply, 'not-found', missing);
      if (outcome === 'called') {
        return refuse(reply, 'conflict', 'This contact has been rung, and the record of that stays.');
      }
      return reply.code(204).send();
    },
  );
  done();
};
