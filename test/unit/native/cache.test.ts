import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { buildOnce, cacheFolder, withLock } from '../../../src/native/cache.ts';
import { startParent } from '../../support/parent.ts';

// a process takes its time to start on a busy machine
vi.setConfig({ testTimeout: 30_000 });

const quiet = (): void => {};

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'cache-test-'))));
afterAll(() => rm(folder, { recursive: true }));

test.each([
  [{ XDG_CACHE_HOME: '/caches' }, /^\/caches\/carillon$/],
  [{ XDG_CACHE_HOME: '' }, /\/\.cache\/carillon$/],
  [{}, /\/\.cache\/carillon$/],
])('with %o the cache is %s', (env, expected) => {
  expect(cacheFolder(env)).toMatch(expected);
});

test('work under one lock never overlaps', async () => {
  let inside = 0;
  const work = async (): Promise<number> => {
    const others = inside++;
    await readFile('package.json');
    inside--;
    return others;
  };
  const path = join(folder, 'busy.lock');
  expect(await Promise.all([1, 2, 3, 4].map(() => withLock(path, quiet, work)))).toEqual([0, 0, 0, 0]);
});

test('a lock is free again when its work fails', async () => {
  const path = join(folder, 'failed.lock');
  await expect(withLock(path, quiet, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(path, quiet, () => Promise.resolve('yes'))).toBe('yes');
});

test('a lock is free again when its holder is killed; who waits for it says so', async () => {
  const path = join(folder, 'killed.lock');
  const { parent } = await startParent(`
    import { withLock } from './src/native/cache.ts';
    await withLock(${JSON.stringify(path)}, () => {}, async () => { console.log('held'); await new Promise(() => {}); });
  `);
  const said: string[] = [];
  const waiting = withLock(
    path,
    (line) => said.push(line),
    () => Promise.resolve('mine'),
  );
  await expect.poll(() => said.join(), { timeout: 10_000 }).toContain(path);
  parent.kill('SIGKILL');
  expect(await waiting).toBe('mine');
});

test('a folder is built once, however many want it', async () => {
  let builds = 0;
  const build = async (draft: string): Promise<void> => {
    builds++;
    await writeFile(join(draft, 'content'), 'whole');
  };
  const wanted = join(folder, 'wanted');
  await Promise.all([1, 2, 3].map(() => buildOnce(wanted, quiet, build)));
  expect(builds).toBe(1);
  expect(await readFile(join(wanted, 'content'), 'utf8')).toBe('whole');
});

test('a build that fails leaves no folder, and the next one starts afresh', async () => {
  const wanted = join(folder, 'failing');
  const failing = buildOnce(wanted, quiet, async (draft) => {
    await writeFile(join(draft, 'half'), '');
    throw new Error('disk full');
  });
  await expect(failing).rejects.toThrow('disk full');
  expect(existsSync(wanted)).toBe(false);
  await buildOnce(wanted, quiet, (draft) => writeFile(join(draft, 'content'), ''));
  expect(existsSync(join(wanted, 'half'))).toBe(false);
});
