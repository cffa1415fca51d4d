/** Programs that run beside this process and never outlive it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/** How to start a program: further arguments go behind `args`, `env` is added to this process's own. */
export type Program = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
};

/** How a program ended. */
type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A program that runs; `stop` asks it to end, kills it after ten seconds and resolves when it is gone. */
export type Child = {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  stop(): Promise<Exit>;
};

const STOP_LIMIT_MS = 10_000;

/**
 * A shell becomes the program and leaves a guard in the program's process group. The guard reads a pipe that
 * only this process holds open: whichever way this process ends, the guard sees the pipe close and ends
 * the group, politely first. While the guard lives, the group's id can't be given to anybody else.
 */
const GUARDED = `
stop=$1; shift
(
  trap '' HUP INT QUIT TERM
  read -r _ <&3
  kill -s "$stop" 0
  tries=0
  while kill -s 0 $$ && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -s KILL 0
) >/dev/null 2>&1 &
exec "$@" 3<&-
`;

/**
 * Starts a program in a process group of its own, so that Ctrl-C in the terminal doesn't reach it.
 * Its output is appended to the file `output`, or handed to the callback `output`.
 * Throws with the system's `code` when there is no such program.
 */
export async function startChild({
  program,
  args = [],
  output,
  stopSignal = 'SIGTERM',
}: {
  readonly program: Program;
  readonly args?: readonly string[];
  readonly output: string | ((text: string) => void);
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
}): Promise<Child> {
  const sink = typeof output === 'string' ? openSync(output, 'a', 0o600) : 'pipe';
  const child = spawn(
    'sh',
    ['-c', GUARDED, 'sh', stopSignal.slice(3), program.command, ...program.args, ...args],
    {
      cwd: program.cwd,
      env: { ...process.env, ...program.env },
      stdio: ['ignore', sink, sink, 'pipe'],
      detached: true,
    },
  );
  if (typeof sink === 'number') closeSync(sink);
  if (typeof output === 'function') {
    child.stdout?.setEncoding('utf8').on('data', output);
    child.stderr?.setEncoding('utf8').on('data', output);
  }
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program.command} has no process id`);
  const exited = new Promise<Exit>((resolve) => {
    child.on('exit', () => child.stdio[3]?.destroy());
    child.on('close', (code, signal) => resolve({ code, signal }));
  });

  return {
    pid,
    exited,
    stop: async () => {
      child.kill(stopSignal);
      const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      const exit = await exited;
      clearTimeout(limit);
      return exit;
    },
  };
}
