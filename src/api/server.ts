import helmet from '@fastify/helmet';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { askForKey } from './auth.ts';
import type { Dependencies } from './dependencies.ts';
import { describeApi } from './openapi.ts';
import { answerWithProblems } from './problem.ts';
import { agentRoutes } from './routes/agents.ts';

/** Builds the HTTP server with all its routes; whoever calls listens and closes. */
export async function buildServer(dependencies: Dependencies): Promise<FastifyInstance> {
  const server = Fastify({
    loggerInstance: dependencies.log,
    // Its lines hold whole addresses, and these may hold numbers.
    logController: new LogController({ disableRequestLogging: true }),
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  answerWithProblems(server);
  await server.register(helmet);
  await askForKey(server, dependencies.db);
  await describeApi(server);
  await server.register(
    async (api) => {
      await api.register(agentRoutes, dependencies);
    },
    { prefix: '/api/v1' },
  );
  return server;
}
