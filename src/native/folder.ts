import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one run; `remove` resolves when it is gone. */
export type WorkingFolder = { readonly path: string; remove(): Promise<void> };

/** Waits for its input to close, then removes the folder, again while programs that end still write to it. */
const REMOVER = `
trap '' HUP INT QUIT TERM
read -r _
tries=0
until rm -rf -- "$1" && [ ! -e "$1" ] || [ $tries -ge 100 ]; do sleep 0.1; tries=$((tries + 1)); done
`;

/**
 * Makes a folder below the system's temporary one. A shell with a pipe that only this process holds open
 * removes it: on `remove`, or when this process is gone, by Ctrl-C or a crash too.
 */
export async function workingFolder(): Promise<WorkingFolder> {
  const path = await mkdtemp(join(tmpdir(), 'carillon-'));
  const remover = spawn('sh', ['-c', REMOVER, 'sh', path], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  await once(remover, 'spawn');
  remover.unref();
  const removed = once(remover, 'exit');
  return {
    path,
    remove: async () => {
      remover.ref();
      remover.stdin.end();
      await removed;
    },
  };
}
