import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import type { DB } from '../../src/db/generated.ts';

/** Clones the migrated template for one test file, which calls this at its top level; dropped after its tests. */
export async function freshDatabase(): Promise<Kysely<DB>> {
  const db = openDatabase(await freshDatabaseUrl(), () => {}, 20);
  afterAll(async () => db.destroy());
  return db;
}

/** The same, for programs that open the database themselves. */
export async function freshDatabaseUrl(): Promise<string> {
  const adminUrl = inject('adminUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(adminUrl, `create database ${name} template ${inject('templateName')}`);
  afterAll(async () => administer(adminUrl, `drop database ${name} with (force)`));
  return databaseUrl(adminUrl, name);
}

/** Runs one statement on the server's own database. */
export async function administer(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The URL of another database on the same server. */
export function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = name;
  return url.href;
}
