import helmet from '@fastify/helmet';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { askForKey } from './auth.ts';
import type { Dependencies } from './dependencies.ts';
import { describeApi } from './openapi.ts';
import { answerWithProblems } from './problem.ts';
import { agentRoutes } from './routes/agents.ts';
import { answerRoutes } from './routes/answer.ts';
import { callRoutes } from './routes/calls.ts';
import { campaignRoutes } from './routes/campaigns.ts';
import { contactRoutes } from './routes/contacts.ts';
import { documentRoutes } from './routes/documents.ts';
import { dncRoutes } from './routes/dnc.ts';
import { healthRoutes } from './routes/health.ts';
import { importRoutes } from './routes/imports.ts';
import { inboundRoutes } from './routes/inbound.ts';
import { leadRoutes } from './routes/leads.ts';
import { liveRoutes } from './routes/live.ts';
import { statsRoutes } from './routes/stats.ts';
import { trunkRoutes } from './routes/trunks.ts';

/** Builds the HTTP server with all its routes; whoever calls listens and closes. */
export async function buildServer(dependencies: Dependencies): Promise<FastifyInstance> {
  const server = Fastify({
    loggerInstance: dependencies.log,
    // Its lines hold whole addresses, and these may hold numbers.
    logController: new LogController({ disableRequestLogging: true }),
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  takeEmptyBodies(server);
  answerWithProblems(server);
  await server.register(helmet);
  // Before the key is asked for: its hooks close the socket of a refused upgrade.
  await server.register(websocket, { options: { maxPayload: 1024 } });
  await askForKey(server, dependencies.db);
  await describeApi(server);
  await server.register(healthRoutes, dependencies);
  await server.register(
    async (api) => {
      await api.register(agentRoutes, dependencies);
      await api.register(documentRoutes, dependencies);
      await api.register(contactRoutes, dependencies);
      await api.register(importRoutes, dependencies);
      await api.register(dncRoutes, dependencies);
      await api.register(trunkRoutes, dependencies);
      await api.register(campaignRoutes, dependencies);
      await api.register(leadRoutes, dependencies);
      await api.register(statsRoutes, dependencies);
      await api.register(callRoutes, dependencies);
      await api.register(inboundRoutes, dependencies);
      await api.register(answerRoutes, dependencies);
      await api.register(liveRoutes, dependencies);
    },
    { prefix: '/api/v1' },
  );
  return server;
}

/** A command such as `start` has no body, and clients that always say JSON mean nothing by it. */
function takeEmptyBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, String(body), done);
  });
}
