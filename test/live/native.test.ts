import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChild } from '../../src/native/child.ts';
import { workingFolder, type WorkingFolder } from '../../src/native/folder.ts';
import {
  asteriskFoldersOf,
  ensurePrefix,
  programOf,
  type Group,
  type ProgramName,
} from '../../src/native/prefix.ts';
import { isAlive, startParent } from '../support/parent.ts';

const quiet = (): void => {};

let folder: WorkingFolder;
beforeAll(async () => {
  folder = await workingFolder();
  await mkdir(join(folder.path, 'run'));
});
afterAll(() => folder.remove());

test.each<[Group, ProgramName, string, RegExp]>([
  ['telephony', 'asterisk', '-V', /^Asterisk 2[2-9]\./],
  ['telephony', 'sipp', '-v', /SIPp v3\./],
  ['speech', 'whisper-server', '--help', /--language/],
  ['speech', 'whisper-quantize', '--help', /usage/],
  ['speech', 'llama-server', '--version', /version/],
])('of %s, %s runs', async (group, name, argument, expected) => {
  let said = '';
  const program = programOf(await ensurePrefix(group, quiet), name);
  const child = await startChild({ program, args: [argument], output: (text) => (said += text) });
  await child.exited;
  expect(said).toMatch(expected);
});

test.each([
  [
    'PostgreSQL',
    () => `
    import { startPostgres } from './src/native/postgres.ts';
    import { readFile } from 'node:fs/promises';
    const folder = ${JSON.stringify(folder.path)};
    await startPostgres({ folder, say: () => {}, durable: false });
    console.log((await readFile(folder + '/cluster/postmaster.pid', 'utf8')).split('\\n')[0]);
  `,
  ],
  [
    'Asterisk',
    async () => {
      const { modules, data } = asteriskFoldersOf(await ensurePrefix('telephony', quiet));
      const place = ['etc', 'varlib', 'db', 'key', 'spool', 'run', 'log'].map(
        (name) => `ast${name}dir => ${folder.path}/run`,
      );
      const settings = join(folder.path, 'asterisk.conf');
      await writeFile(
        settings,
        `[directories]\n${place.join('\n')}\nastmoddir => ${modules}\nastdatadir => ${data}\n`,
      );
      return `
    import { startChild } from './src/native/child.ts';
    import { ensurePrefix, programOf } from './src/native/prefix.ts';
    const program = programOf(await ensurePrefix('telephony', () => {}), 'asterisk');
    const { watch } = await import('node:fs');
    watch(${JSON.stringify(`${folder.path}/run`)}, (_, name) => name === 'asterisk.ctl' && console.log(child.pid));
    const args = ['-f', '-C', ${JSON.stringify(settings)}];
    const child = await startChild({ program, args, output: () => {} });
  `;
    },
  ],
  [
    'a program that ignores SIGTERM',
    () => `
    import { startChild } from './src/native/child.ts';
    const program = { command: 'sh', args: ['-c', "trap '' TERM; while :; do sleep 1; done"], env: {} };
    console.log((await startChild({ program, output: () => {} })).pid);
  `,
  ],
])('%s ends when its parent is killed', async (_, source) => {
  const { parent, firstLine } = await startParent(await source());
  const pid = Number(firstLine);
  expect(await isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
});
