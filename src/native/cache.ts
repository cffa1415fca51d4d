/** What is fetched or built once per user lives outside the checkout and is shared by all checkouts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Tells a person what is going on, one line at a time. */
export type Say = (line: string) => void;

/** The folder of everything that may be fetched or built again: `${XDG_CACHE_HOME:-~/.cache}/carillon`. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'carillon');
}

/**
 * Runs `work` while no other process holds the lock file `path`. The lock is a kernel one, held by a shell
 * that lives as long as its standard input: it is free again as soon as this process is gone, however it ends.
 */
export async function withLock<T>(path: string, say: Say, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const holder = spawn('flock', [path, 'sh', '-c', 'echo held; read -r _'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const released = once(holder, 'exit');
  const patience = setTimeout(() => say(`Waiting for another process that holds ${path} …`), 1000);
  try {
    await Promise.race([once(holder.stdout, 'data'), released.then(() => failToHold(path))]);
    clearTimeout(patience);
    return await work();
  } finally {
    clearTimeout(patience);
    holder.stdin.end();
    await released;
  }
}

function failToHold(path: string): never {
  throw Object.assign(new Error(`the lock ${path} can't be held`), { code: 'LOCK_FAILED' });
}

/**
 * Returns `folder`, built by `build` in a draft beside it and renamed into place when it is whole.
 * Of several processes that want it at once one builds, the others wait for it.
 */
export async function buildOnce(
  folder: string,
  say: Say,
  build: (draft: string) => Promise<void>,
): Promise<string> {
  if (existsSync(folder)) return folder;
  return withLock(`${folder}.lock`, say, async () => {
    if (existsSync(folder)) return folder;
    const draft = `${folder}.draft`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    await build(draft);
    await rename(draft, folder);
    return folder;
  });
}
