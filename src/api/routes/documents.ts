import multipart from '@fastify/multipart';
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findAgent } from '../../db/agents.ts';
import {
  MOST_DOCUMENTS,
  deleteDocument,
  findDocument,
  insertDocument,
  listDocuments,
  replaceDocument,
} from '../../db/documents.ts';
import { MOST_LETTERS, byDocument, document, documentBody, documentListed } from '../../protocol/document.ts';
import { pageOf, pageQuery } from '../../protocol/page.ts';
import { byUuid } from '../../protocol/values.ts';
import type { Dependencies } from '../dependencies.ts';
import { takeTextFile } from '../form.ts';
import { answerPage, timePlace } from '../paging.ts';
import { problems, refuse } from '../problem.ts';

const walk = { order: 'newest', place: timePlace };
const noAgent = 'There is no agent with this id.';
const missing = 'This agent has no document with this id.';
const consumes = ['application/json', 'multipart/form-data'];

const refuseTaken = (reply: FastifyReply) =>
  refuse(reply, 'conflict', 'The agent has another document of this name.');

/** `/agents/{id}/documents`: text and Markdown that an agent answers from. */
export const documentRoutes: FastifyPluginAsyncZod<Pick<Dependencies, 'db'>> = async (server, { db }) => {
  const bytesPerCharacter = 4;
  await server.register(multipart, {
    limits: { fileSize: bytesPerCharacter * MOST_LETTERS, files: 1, fields: 1 },
  });
  const tags = ['agents'];

  server.get(
    '/agents/:id/documents',
    {
      schema: {
        tags,
        params: byUuid,
        querystring: pageQuery,
        response: { 200: pageOf(documentListed), ...problems },
      },
    },
    async ({ params: { id }, query }, reply) => {
      if (!(await findAgent(db, { id }))) return refuse(reply, 'not-found', noAgent);
      return answerPage(reply, query, walk, async (page) => listDocuments(db, { ...page, agentId: id }));
    },
  );

  server.post(
    '/agents/:id/documents',
    {
      preValidation: takeTextFile,
      schema: {
        tags,
        consumes,
        params: byUuid,
        body: documentBody,
        response: { 201: document, ...problems },
      },
    },
    async ({ params: { id }, body }, reply) => {
      const outcome = await insertDocument(db, { agentId: id, ...body });
      if (outcome === 'missing') return refuse(reply, 'not-found', noAgent);
      if (outcome === 'taken') return refuseTaken(reply);
      if (outcome === 'full') {
        return refuse(reply, 'conflict', `An agent has at most ${MOST_DOCUMENTS} documents.`);
      }
      return reply.code(201).send(outcome);
    },
  );

  server.get(
    '/agents/:id/documents/:documentId',
    { schema: { tags, params: byDocument, response: { 200: document, ...problems } } },
    async ({ params: { id, documentId } }, reply) =>
      (await findDocument(db, { id: documentId, agentId: id })) ?? refuse(reply, 'not-found', missing),
  );

  server.put(
    '/agents/:id/documents/:documentId',
    {
      preValidation: takeTextFile,
      schema: {
        tags,
        consumes,
        params: byDocument,
        body: documentBody,
        response: { 200: document, ...problems },
      },
    },
    async ({ params: { id, documentId }, body }, reply) => {
      const outcome = await replaceDocument(db, { id: documentId, agentId: id, ...body });
      if (outcome === 'missing') return refuse(reply, 'not-found', missing);
      return outcome === 'taken' ? refuseTaken(reply) : outcome;
    },
  );

  server.delete(
    '/agents/:id/documents/:documentId',
    { schema: { tags, params: byDocument, response: { 204: z.undefined(), ...problems } } },
    async ({ params: { id, documentId } }, reply) =>
      (await deleteDocument(db, { id: documentId, agentId: id }))
        ? reply.code(204).send()
        : refuse(reply, 'not-found', missing),
  );
};
