import type { FastifyBaseLogger } from 'fastify';
import type { Kysely } from 'kysely';
import type { DB } from '../db/generated.ts';

/** What the API needs of the rest of the service. */
export interface Dependencies {
  readonly db: Kysely<DB>;
  readonly log: FastifyBaseLogger;
}
