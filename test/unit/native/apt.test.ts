import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { downloadPackages } from '../../../src/native/apt.ts';

afterEach(() => vi.unstubAllEnvs());

test('a host without apt is told what to do instead', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'apt-test-'));
  vi.stubEnv('PATH', folder);
  await expect(downloadPackages(folder, ['asterisk'], () => {})).rejects.toMatchObject({
    code: 'NO_APT',
    message: expect.stringMatching(/docker-compose\.yml/),
  });
  await rm(folder, { recursive: true });
});
