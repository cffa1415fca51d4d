import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { freshDatabase, freshDatabaseUrl } from '../support/database.ts';

const url = await freshDatabaseUrl();
const first = openDatabase(url, () => {});
afterAll(async () => first.destroy());
const second = await freshDatabase();

test('a fresh database is migrated: migrating again changes nothing', async () => {
  const tables = await first.introspection.getTables();
  expect(tables.map(({ name }) => name)).toContain('attempts');
  await migrate(first, url);
  expect(await first.introspection.getTables()).toEqual(tables);
});

test('each fresh database is one of its own', async () => {
  await first.insertInto('agents').values({ name: 'Anna', greeting: 'Hello.' }).execute();
  expect(await second.selectFrom('agents').selectAll().execute()).toEqual([]);
});
