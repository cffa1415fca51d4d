/** Vitest's setup for the projects that need a database: one server per run, with a migrated template in it. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { workingFolder } from '../../src/native/folder.ts';
import { startPostgres } from '../../src/native/postgres.ts';
import { administer, databaseUrl } from './database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's own database, from which others are made and dropped. */
    readonly adminUrl: string;
    /** The name of the migrated database that `freshDatabase` clones. */
    readonly templateName: string;
  }
}

/** Starts the server, or takes that of `DATABASE_URL`; returns the way to leave nothing behind. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await findServer();
  const templateName = `template_${randomUUID().replaceAll('-', '')}`;
  await administer(server.url, `create database ${templateName}`);
  const url = databaseUrl(server.url, templateName);
  const db = openDatabase(url, (error) => {
    throw error;
  });
  await migrate(db, url);
  await db.destroy();
  project.provide('adminUrl', server.url);
  project.provide('templateName', templateName);
  return async () => {
    await administer(server.url, `drop database ${templateName}`);
    await server.stop();
  };
}

async function findServer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const url = process.env['DATABASE_URL'];
  if (url) return { url, stop: () => Promise.resolve() };
  const folder = await workingFolder();
  const server = await startPostgres({
    folder: join(folder.path, 'postgres'),
    say: () => {},
    durable: false,
  });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await folder.remove();
    },
  };
}
