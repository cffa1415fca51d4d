import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '../../src/native/child.ts';

/** The service as a process of its own. */
export interface ServiceProcess {
  readonly url: string;
  /** The key that the first start on a database prints. */
  readonly firstKey: string | undefined;
  /** What it has written so far, log and messages. */
  output(): string;
  /** Ends it as a crash would; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end; resolves to its exit code. */
  stop(): Promise<number | null>;
}

const POLL_MS = 20;

/** Starts `src/main.ts` with these variables and without engines to talk; resolves when it listens, rejects with its output when it ends before. */
export async function startServiceProcess(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  let output = '';
  const child = await startChild({
    program: {
      command: process.execPath,
      args: ['src/main.ts'],
      env: { CARILLON_HTTP: '127.0.0.1:0', CARILLON_TALK: 'off', ...env },
    },
    output: (text) => (output += text),
  });
  const ended = child.exited.then(() => {
    throw new Error(`The service ended:\n${output}`);
  });
  const listening = async (): Promise<string> => {
    for (;;) {
      const url = /Carillon listens on (\S+)\n/.exec(output)?.[1];
      if (url !== undefined) return url;
      await sleep(POLL_MS);
    }
  };
  const url = await Promise.race([listening(), ended]);
  ended.catch(() => undefined);
  return {
    url,
    get firstKey() {
      return /API key, shown this once: (\S+)\n/.exec(output)?.[1];
    },
    output: () => output,
    kill: async () => {
      process.kill(child.pid, 'SIGKILL');
      await child.exited;
    },
    stop: async () => (await child.stop()).code,
  };
}
