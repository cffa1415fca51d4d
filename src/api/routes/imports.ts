import multipart from '@fastify/multipart';
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { verdicts } from '../../contact/list.ts';
import { type Country, isCountry } from '../../contact/phone.ts';
import { deleteImport, findImport } from '../../db/imports.ts';
import { listRows } from '../../db/import-rows.ts';
import { type CommitProblem, commitImport, previewImport } from '../../engine/import-commit.ts';
import { exportRefused } from '../../engine/import-export.ts';
import { remapImport, stageImport } from '../../engine/import.ts';
import {
  importCommit,
  importCommitted,
  importFields,
  importPreview,
  importRemap,
  importRow,
  importRowQuery,
} from '../../protocol/import.ts';
import { pageOf } from '../../protocol/page.ts';
import { byUuid } from '../../protocol/values.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerOf } from '../openapi.ts';
import { answerPage, serialPlace } from '../paging.ts';
import { type ProblemKind, problems, refuse } from '../problem.ts';
import { receiveFile } from '../upload.ts';

const MAX_LIST_BYTES = 500_000_000;
const walk = { order: 'file', place: serialPlace };
const missing = 'There is no import with this id.';

const commitRefusals: Record<CommitProblem, [kind: ProblemKind, detail: string]> = {
  missing: ['not-found', missing],
  not_staged: ['conflict', 'This list was committed before, or could not be read.'],
  campaign_missing: ['unprocessable', 'There is no campaign with this id.'],
  campaign_ended: ['conflict', 'The campaign has ended and takes no more leads.'],
};

/** `/contacts/import`: a list is uploaded, looked at, mapped anew if need be, and then committed. */
export const importRoutes: FastifyPluginAsyncZod<Pick<Dependencies, 'db' | 'wakeDialer'>> = async (
  server,
  { db, wakeDialer },
) => {
  await server.register(multipart, { limits: { fileSize: MAX_LIST_BYTES, files: 2, fields: 4 } });
  const tags = ['contacts'];
  const previewed = { 200: importPreview, ...problems };

  server.post(
    '/contacts/import',
    {
      schema: {
        tags,
        consumes: ['multipart/form-data'],
        description: 'A form with `mapping` (JSON) and `defaultCountry`, both optional, and then the `file`.',
        response: { 201: importPreview, ...problems },
      },
    },
    async (request, reply) => {
      const outcome = await receiveFile(
        request,
        async ({ fileName, bytes, fields }) => {
          const reading = importFields.safeParse(fields);
          if (!reading.success) return { problem: z.prettifyError(reading.error) };
          const { mapping, defaultCountry } = reading.data;
          if (!isKnown(defaultCountry)) return unknownCountry;
          return stageImport(db, { fileName, bytes, mapping, defaultCountry });
        },
        async (staging) => 'id' in staging && deleteImport(db, staging),
      );
      if ('problem' in outcome) return refuse(reply, 'bad-request', outcome.problem);
      if ('problem' in outcome.taken) return refuse(reply, 'unprocessable', outcome.taken.problem);
      const preview = await previewImport(db, outcome.taken);
      return preview ? reply.code(201).send(preview) : refuse(reply, 'not-found', missing);
    },
  );

  server.get(
    '/contacts/import/:id',
    { schema: { tags, params: byUuid, response: previewed } },
    async ({ params }, reply) => (await previewImport(db, params)) ?? refuse(reply, 'not-found', missing),
  );

  server.patch(
    '/contacts/import/:id',
    { schema: { tags, params: byUuid, body: importRemap, response: previewed } },
    async ({ params: { id }, body: { mapping, defaultCountry } }, reply) => {
      if (!isKnown(defaultCountry)) return refuse(reply, 'unprocessable', unknownCountry.problem);
      const staging = await remapImport(db, { id, mapping, defaultCountry });
      if (!staging) {
        if (!(await findImport(db, { id }))) return refuse(reply, 'not-found', missing);
        return refuse(reply, ...commitRefusals.not_staged);
      }
      if ('problem' in staging) return refuse(reply, 'unprocessable', staging.problem);
      return (await previewImport(db, { id })) ?? refuse(reply, 'not-found', missing);
    },
  );

  server.get(
    '/contacts/import/:id/rows',
    {
      schema: {
        tags,
        params: byUuid,
        querystring: importRowQuery,
        response: { 200: pageOf(importRow), ...problems },
      },
    },
    async ({ params: { id }, query: { verdict, ...query } }, reply) => {
      if (!(await findImport(db, { id }))) return refuse(reply, 'not-found', missing);
      return answerPage(reply, query, walk, async (page) =>
        listRows(db, { ...page, importId: id, verdicts: verdict ? [verdict] : verdicts }),
      );
    },
  );

  server.get(
    '/contacts/import/:id/rejects.csv',
    {
      schema: {
        tags,
        params: byUuid,
        response: { 200: answerOf('text/csv', 'The refused rows'), ...problems },
      },
    },
    async ({ params }, reply) => {
      const csv = await exportRefused(db, params);
      if (!csv) return refuse(reply, 'not-found', missing);
      return sendCsv(reply, csv);
    },
  );

  server.post(
    '/contacts/import/:id/commit',
    {
      schema: {
        tags,
        params: byUuid,
        body: importCommit,
        response: { 200: importCommitted, ...problems },
      },
    },
    async ({ params: { id }, body: { campaignId } }, reply) => {
      const outcome = await commitImport(db, { id, campaignId });
      if ('problem' in outcome) return refuse(reply, ...commitRefusals[outcome.problem]);
      if (campaignId !== null) wakeDialer();
      return outcome;
    },
  );

  server.delete(
    '/contacts/import/:id',
    { schema: { tags, params: byUuid, response: { 204: z.undefined(), ...problems } } },
    async ({ params }, reply) =>
      (await deleteImport(db, params)) ? reply.code(204).send() : refuse(reply, 'not-found', missing),
  );
};

const unknownCountry = { problem: 'The numbers of this country are not known.' };

const isKnown = (country: string | null): country is Country | null => country === null || isCountry(country);

const sendCsv = (reply: FastifyReply, csv: AsyncIterable<string>): FastifyReply =>
  reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', 'attachment; filename="rejects.csv"')
    .send(Readable.from(csv));
