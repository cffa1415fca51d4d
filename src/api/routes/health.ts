import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { readiness } from '../../protocol/readiness.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerOf } from '../openapi.ts';
import { problems } from '../problem.ts';
import { prometheusType, toPrometheus } from '../prometheus.ts';

/** `/healthz`, `/readyz` (both without a key) and `/metrics`. */
export const healthRoutes: FastifyPluginCallbackZod<Pick<Dependencies, 'readiness' | 'metrics'>> = (
  server,
  dependencies,
  done,
) => {
  const tags = ['health'];
  const security: [] = [];

  server.get(
    '/healthz',
    {
      config: { open: true },
      schema: { tags, security, response: { 200: z.strictObject({ alive: z.literal(true) }) } },
    },
    () => ({ alive: true as const }),
  );

  server.get(
    '/readyz',
    { config: { open: true }, schema: { tags, security, response: { 200: readiness, 503: readiness } } },
    async (_request, reply) => {
      const report = await dependencies.readiness();
      return reply.code(report.ready ? 200 : 503).send(report);
    },
  );

  server.get(
    '/metrics',
    { schema: { tags, response: { 200: answerOf('text/plain', 'Prometheus'), ...problems } } },
    async (_request, reply) => {
      reply.type(prometheusType);
      return toPrometheus(dependencies.metrics());
    },
  );
  done();
};
