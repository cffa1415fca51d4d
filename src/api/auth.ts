import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import type { Kysely } from 'kysely';
import type { DB } from '../db/generated.ts';
import { isKey } from './key.ts';
import { refuse } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers without a key. */
    readonly open?: boolean;
  }
}

/** Failed keys that one address may show within a minute before it is told to wait. */
const FAILURES_PER_MINUTE = 20;

/** Asks for an API key on every route that is not declared open, unknown routes included. */
export async function askForKey(server: FastifyInstance, db: Kysely<DB>): Promise<void> {
  await server.register(rateLimit, { global: false });
  const countFailure = server.createRateLimit({ max: FAILURES_PER_MINUTE, timeWindow: 60_000 });

  server.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.open) return undefined;
    const [, key] = /^Bearer +([\w-]{1,200})$/i.exec(request.headers.authorization ?? '') ?? [];
    if (key !== undefined && (await isKey(db, key))) return undefined;
    const failures = await countFailure(request);
    if (!failures.isAllowed && failures.isExceeded) {
      reply.header('retry-after', failures.ttlInSeconds);
      return refuse(reply, 'too-many-failures', 'Too many requests without a valid key; wait a minute.');
    }
    reply.header('www-authenticate', 'Bearer');
    return refuse(reply, 'unauthorized', 'Send an API key: Authorization: Bearer carillon_….');
  });
}
