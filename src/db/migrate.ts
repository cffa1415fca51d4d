import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { DB } from './generated.ts';
import { installJobs } from './jobs.ts';

const folder = join(import.meta.dirname, '..', '..', 'sql');

/**
 * Brings the database at `url` up to the newest file in `sql/` (forward only), and its job queue with it; throws with the
 * file's name when one fails.
 */
export async function migrate(db: Kysely<DB>, url: string): Promise<void> {
  const migrator = new Migrator({ db: db.withoutPlugins(), provider: { getMigrations } });
  const { error, results } = await migrator.migrateToLatest();
  const failed = results?.find(({ status }) => status === 'Error');
  if (error) throw new Error(`Migration ${failed?.migrationName ?? ''} failed`, { cause: error });
  await installJobs(url);
}

async function getMigrations(): Promise<Record<string, { up(db: Kysely<unknown>): Promise<void> }>> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}_\w+\.sql$/.test(file)).sort();
  return Object.fromEntries(
    files.map((file) => [
      file.slice(0, -'.sql'.length),
      { up: async (db) => void (await sql.raw(await readFile(join(folder, file), 'utf8')).execute(db)) },
    ]),
  );
}
