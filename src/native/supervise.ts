/** Keeps a local server running. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { startChild, type Child, type Program } from './child.ts';

/** A server that is started again when it ends or no longer answers; its address stays the same. */
export interface Supervised {
  readonly url: string;
  /** The process that runs now, if one does. */
  readonly pid: number | undefined;
  /** Whether it answers now. */
  readonly healthy: boolean;
  stop(): Promise<void>;
}

/** What to run, and where it says `200` when it is well. */
export interface Server {
  readonly name: string;
  readonly program: Program;
  readonly args: readonly string[];
  readonly url: string;
  readonly healthUrl: string;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** A model of a gigabyte is read from a cold disk. */
const START_LIMIT_MS = 120_000;
const START_POLL_MS = 50;
const HEALTH_EVERY_MS = 2_000;
const HEALTH_LIMIT_MS = 5_000;
const MOST_FAILURES = 3;
const OUTPUT_KEPT = 2_000;

/** Starts a server; resolves when it answers. Throws `ENGINE_FAILED` with what it last said when it can't start. */
export async function supervise(server: Server, log: Logger): Promise<Supervised> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let child: Child | undefined = await start(server, signal);

  const keep = async (): Promise<void> => {
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      if (child) {
        const startedAt = performance.now();
        const exit = await watch(server, child, signal, log);
        child = undefined;
        if (performance.now() - startedAt > LONGEST_PAUSE_MS) pauseMs = FIRST_PAUSE_MS;
        if (!signal.aborted) log.warn({ engine: server.name, ...exit }, 'engine ended, starting it again');
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      child = await start(server, signal).catch((error: unknown) => {
        if (!signal.aborted) log.error({ engine: server.name, err: error }, "engine can't start");
        return undefined;
      });
    }
    // It may have come up at the very moment of the stop.
    await child?.stop();
    child = undefined;
  };
  const kept = keep();

  return {
    url: server.url,
    get pid() {
      return child?.pid;
    },
    get healthy() {
      return child !== undefined;
    },
    stop: async () => {
      stopping.abort();
      await kept;
    },
  };
}

/** Starts the program once and waits until it answers; a program that ends or stays silent is an error. */
async function start(server: Server, signal: AbortSignal): Promise<Child> {
  signal.throwIfAborted();
  let said = '';
  const child = await startChild({
    program: server.program,
    args: server.args,
    output: (text) => (said = (said + text).slice(-OUTPUT_KEPT)),
  });
  const over = endOf(child);
  const deadline = performance.now() + START_LIMIT_MS;
  while (!over.aborted && !signal.aborted && performance.now() < deadline) {
    if (await answers(server)) return child;
    await sleep(START_POLL_MS);
  }
  const what = over.aborted ? 'ended' : 'did not answer';
  await child.stop();
  signal.throwIfAborted();
  throw Object.assign(new Error(`${server.name} ${what}: ${said.trim()}`), { code: 'ENGINE_FAILED' });
}

/** Resolves when the program is gone: by itself, because `signal` aborts, or because it no longer answers. */
async function watch(
  server: Server,
  child: Child,
  signal: AbortSignal,
  log: Logger,
): Promise<Awaited<Child['exited']>> {
  const over = endOf(child);
  const ending = AbortSignal.any([over, signal]);
  for (let failures = 0; failures < MOST_FAILURES && !ending.aborted;) {
    await sleep(HEALTH_EVERY_MS, undefined, { signal: ending }).catch(() => undefined);
    failures = ending.aborted || (await answers(server)) ? 0 : failures + 1;
    if (failures > 0) log.warn({ engine: server.name, failures }, 'engine does not answer');
  }
  return over.aborted ? child.exited : child.stop();
}

/** A signal that aborts when the program is gone. */
function endOf(child: Child): AbortSignal {
  const over = new AbortController();
  void child.exited.then(() => over.abort());
  return over.signal;
}

function answers(server: Server): Promise<boolean> {
  return fetch(server.healthUrl, { signal: AbortSignal.timeout(HEALTH_LIMIT_MS) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
