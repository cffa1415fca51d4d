import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startChild, type Program } from '../../../src/native/child.ts';
import { isAlive, startParent } from '../../support/parent.ts';

// a process takes its time to start on a busy machine
vi.setConfig({ testTimeout: 30_000 });

const shell = (script: string): Program => ({ command: 'sh', args: ['-c', script], env: {} });

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'child-test-'))));
afterAll(() => rm(folder, { recursive: true }));

test('arguments, environment and working directory reach the program; its output reaches the callback', async () => {
  let said = '';
  const child = await startChild({
    program: { ...shell('echo "$0 $COLOUR $PWD"'), env: { COLOUR: 'blue' }, cwd: folder },
    args: ["it's one argument"],
    output: (text) => (said += text),
  });
  expect(await child.exited).toEqual({ code: 0, signal: null });
  expect(said).toBe(`it's one argument blue ${folder}\n`);
});

test('output is appended to a file', async () => {
  const output = join(folder, 'program.log');
  for (const word of ['first', 'second']) {
    const child = await startChild({ program: shell(`echo ${word}; echo aside >&2`), output });
    await child.exited;
  }
  expect(await readFile(output, 'utf8')).toBe('first\naside\nsecond\naside\n');
});

test.each([
  ['exit 3', { code: 3, signal: null }],
  ['kill -KILL $$', { code: null, signal: 'SIGKILL' }],
])('the end of `%s` is told', async (script, exit) => {
  const child = await startChild({ program: shell(script), output: () => {} });
  expect(await child.exited).toEqual(exit);
});

test.each(['SIGTERM', 'SIGINT'] as const)('stop sends %s and waits for the end', async (stopSignal) => {
  const child = await startChild({ program: shell('exec sleep 100'), output: () => {}, stopSignal });
  expect(await child.stop()).toEqual({ code: null, signal: stopSignal });
});

test('what the program leaves in its process group ends with it', async () => {
  let said = '';
  const child = await startChild({ program: shell('sleep 100 & echo $!'), output: (text) => (said += text) });
  await expect.poll(() => said, { timeout: 10_000 }).toMatch(/\d+\n/);
  await expect.poll(() => isAlive(Number(said)), { timeout: 10_000 }).toBe(false);
  await child.exited;
});

test('a program that is not there is an error at its end, not a hang', async () => {
  let said = '';
  const child = await startChild({
    program: { command: '/no/such/program', args: [], env: {} },
    output: (text) => (said += text),
  });
  expect((await child.exited).code).toBe(127);
  expect(said).toContain('/no/such/program');
});

test.each(['SIGKILL', 'SIGINT'] as const)('a program ends when %s ends its parent', async (signal) => {
  const { parent, firstLine } = await startParent(`
    import { startChild } from './src/native/child.ts';
    const program = { command: 'sleep', args: ['100'], env: {} };
    console.log((await startChild({ program, output: () => {} })).pid);
  `);
  const pid = Number(firstLine);
  expect(await isAlive(pid)).toBe(true);
  parent.kill(signal);
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});
