import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Lints a violation seeded into a room; resolves to what the linter printed. */
async function lintSeeded(room: string, source: string): Promise<string> {
  const folder = await mkdtemp(join('src', room, 'seeded-'));
  try {
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'deep', 'seed.ts'), source);
    const lint = promisify(execFile)('node_modules/.bin/oxlint', ['--format=unix', folder]);
    return await lint.then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

test.each([
  ['call', `export { x } from '../../../db/x.ts';`, 'no-restricted-imports'],
  ['call', `export { readFile } from 'node:fs/promises';`, 'no-restricted-imports'],
  ['campaign', `export { sql } from 'kysely';`, 'no-restricted-imports'],
  ['call', `async function f(): Promise<void> {}\nf();\nexport {};`, 'no-floating-promises'],
])('a violation seeded into %s is found: %s', async (room, source, rule) => {
  expect(await lintSeeded(room, source)).toContain(rule);
});

test('a rightful import passes', async () => {
  expect(await lintSeeded('campaign', `export type { Seed } from '../../../call/seed.ts';`)).toBe('');
});
