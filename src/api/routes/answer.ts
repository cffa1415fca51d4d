import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { type JudgedCall, evaluate } from '../../answer/evaluate.ts';
import { correctVerdict, correctedVerdicts, listCorrections } from '../../db/corrections.ts';
import { pageOf, pageQuery } from '../../protocol/page.ts';
import { byUuid } from '../../protocol/values.ts';
import { confusion, correctedCall, correction, verdictPatch } from '../../protocol/verdict.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerPage, timePlace } from '../paging.ts';
import { problems, refuse } from '../problem.ts';

const walk = { order: 'newest', place: timePlace };

/** `/calls/{id}/verdict` and `/answer`: verdicts corrected by people, and how well the own calls are judged. */
export const answerRoutes: FastifyPluginCallbackZod<Pick<Dependencies, 'db'>> = (server, { db }, done) => {
  const tags = ['answer'];

  server.patch(
    '/calls/:id/verdict',
    { schema: { tags, params: byUuid, body: verdictPatch, response: { 200: correction, ...problems } } },
    async ({ params, body }, reply) => {
      const kept = await correctVerdict(db, { callId: params.id, answered: body.class, by: body.by });
      return kept ?? refuse(reply, 'not-found', 'There is no ended call with this id.');
    },
  );

  server.get(
    '/answer/corrections',
    { schema: { tags, querystring: pageQuery, response: { 200: pageOf(correctedCall), ...problems } } },
    async ({ query }, reply) => answerPage(reply, query, walk, async (page) => listCorrections(db, page)),
  );

  server.get(
    '/answer/confusion',
    { schema: { tags, response: { 200: confusion, ...problems } } },
    async () => {
      const byTrunk = Map.groupBy(await correctedVerdicts(db), ({ trunkId }) => trunkId);
      return {
        trunks: [...byTrunk].map(([trunkId, calls]) => {
          const { files, humanToMachine, machineToHuman, confusion } = evaluate(calls.map(judged));
          return { trunkId, calls: files, humanToMachine, machineToHuman, confusion };
        }),
      };
    },
  );
  done();
};

/** Of a live call the last verdict is kept. */
function judged({ label, told, atMs }: Awaited<ReturnType<typeof correctedVerdicts>>[number]): JudgedCall {
  return { label, verdicts: told ? [{ class: told, atMs: atMs ?? 0 }] : [], beepEndMs: null, beeps: [] };
}
