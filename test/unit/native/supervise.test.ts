import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { freePorts } from '../../../src/native/ports.ts';
import { supervise } from '../../../src/native/supervise.ts';

/** Notes when it starts, answers once, and dies. */
const MORTAL = `
  require('node:fs').appendFileSync(process.argv[1], Date.now() + '\\n');
  require('node:http').createServer((_request, response) => response.end(() => process.exit(1)))
    .listen(process.argv[2], '127.0.0.1');`;

test('a server that dies again and again is started after growing pauses, and not after a stop', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-test-'));
  const started = join(folder, 'started');
  const startsOf = async (): Promise<number[]> =>
    (await readFile(started, 'utf8')).trim().split('\n').map(Number);
  try {
    const { http } = await freePorts('http');
    const url = `http://127.0.0.1:${http}`;
    const program = { command: process.execPath, args: ['-e', MORTAL, started, String(http)], env: {} };
    const server = await supervise(
      { name: 'mortal', program, args: [], url, healthUrl: url },
      pino({ level: 'silent' }),
    );
    await vi.waitFor(async () => expect((await startsOf()).length).toBeGreaterThanOrEqual(4), 30_000);
    await server.stop();
    expect(server).toMatchObject({ healthy: false, pid: undefined });
    const [first = 0, second = 0, third = 0, fourth = 0] = await startsOf();
    // Pauses of 200, 400 and 800 ms, and the start of the process each time.
    expect(fourth - third).toBeGreaterThan(second - first);
    const { length } = await startsOf();
    await expect(fetch(url)).rejects.toThrow();
    expect((await startsOf()).length).toBe(length);
  } finally {
    await rm(folder, { recursive: true });
  }
});
