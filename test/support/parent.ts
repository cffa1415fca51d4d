import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/**
 * Runs TypeScript lines in a process of their own that stays alive as long as this one, and resolves to that
 * process and the first line it prints. Relative imports start at the repository's root.
 */
export async function startParent(
  source: string,
): Promise<{ readonly parent: ChildProcessWithoutNullStreams; readonly firstLine: string }> {
  const parent = spawn(process.execPath, [
    '--input-type=module-typescript',
    '-e',
    `${source}\nprocess.stdin.resume().on('end', () => process.exit());`,
  ]);
  parent.stderr.pipe(process.stderr);
  const [firstLine] = (await once(createInterface(parent.stdout), 'line')) as [string];
  return { parent, firstLine };
}

/** Whether a process with this id exists; one that ended but was not waited for by its parent doesn't count. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat !== undefined && !/^\d+ \(.*\) Z/.test(stat);
}
