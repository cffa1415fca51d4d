import { expect, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { freshDatabase } from '../support/database.ts';

const [first, second] = await Promise.all([freshDatabase(), freshDatabase()]);

test('a fresh database is migrated: migrating again changes nothing', async () => {
  const tables = await first.introspection.getTables();
  expect(tables.map(({ name }) => name)).toContain('attempts');
  await migrate(first);
  expect(await first.introspection.getTables()).toEqual(tables);
});

test('each fresh database is one of its own', async () => {
  await first.insertInto('agents').values({ name: 'Anna', greeting: 'Hello.' }).execute();
  expect(await second.selectFrom('agents').selectAll().execute()).toEqual([]);
});
