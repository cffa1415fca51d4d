import { CamelCasePlugin, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { DB } from './generated.ts';

/** The database, or a transaction in it; queries take it as their first argument. */
export type Database = Kysely<DB> | Transaction<DB>;

/** The database outside any transaction: what may open one. */
export type Connection = Kysely<DB>;

const INT8 = 20;
/** Identities and counts stay far below 2^53. */
pg.types.setTypeParser(INT8, Number);

/** Opens a pool of connections; a lost idle connection is told to `onError` and replaced at the next query. */
export function openDatabase(url: string, onError: (error: Error) => void, max = 10): Kysely<DB> {
  const pool = new pg.Pool({ connectionString: url, max, application_name: 'carillon' });
  pool.on('error', onError);
  return new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
}
