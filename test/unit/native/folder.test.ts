import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { workingFolder } from '../../../src/native/folder.ts';
import { startParent } from '../../support/parent.ts';

// a process takes its time to start on a busy machine
vi.setConfig({ testTimeout: 30_000 });

test('a working folder is there until it is removed', async () => {
  const folder = await workingFolder();
  await writeFile(join(folder.path, 'file'), '');
  await folder.remove();
  expect(existsSync(folder.path)).toBe(false);
});

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'a working folder goes when %s ends its process',
  async (signal) => {
    const { parent, firstLine } = await startParent(`
    import { workingFolder } from './src/native/folder.ts';
    console.log((await workingFolder()).path);
  `);
    expect(existsSync(firstLine)).toBe(true);
    parent.kill(signal);
    await expect.poll(() => existsSync(firstLine), { timeout: 10_000 }).toBe(false);
  },
);
