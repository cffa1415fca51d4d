import type { CompiledQuery, KyselyPlugin } from 'kysely';
import type { Connection } from '../../src/db/database.ts';

/** Runs a query and resolves to the statements that it sent. */
export async function statementsOf(
  db: Connection,
  query: (db: Connection) => Promise<unknown>,
): Promise<CompiledQuery[]> {
  const statements: CompiledQuery[] = [];
  const spy: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      statements.push(db.getExecutor().compileQuery(db.getExecutor().transformQuery(node, queryId), queryId));
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  await query(db.withPlugin(spy));
  return statements;
}
