import { setTimeout as sleep } from 'node:timers/promises';
import { Logger as JobLogger, type Runner, run, runMigrations } from 'graphile-worker';

/** What is done in the background, by its name: each is given its payload, and a signal that says to stop. */
export type Tasks = Readonly<Record<string, (payload: unknown, signal: AbortSignal) => Promise<void>>>;

/** Where the runner's own messages go. */
export interface JobLog {
  debug(fields: object, text: string): void;
  warn(fields: object, text: string): void;
}

/** The jobs of this process. */
export interface Jobs {
  /** Takes no more jobs, interrupts the one under way (it is tried again at the next start), and waits for its end. */
  stop(): Promise<void>;
}

/** A runner that the database has thrown out looks again after this time. */
const AGAIN_MS = 3000;
/** One job and one connection that waits for news of others. */
const CONNECTIONS = 3;

/**
 * In batches, of one here, a job's end is waited for when the runner stops. Otherwise graphile-worker 0.18 leaves it to
 * itself, and one that meets a database that is gone ends the process.
 */
const AWAITED = { completeJobBatchDelay: 0, failJobBatchDelay: 0 };

/** Makes the tables of the job queue, or brings them up to date. */
export async function installJobs(url: string): Promise<void> {
  await runMigrations({ connectionString: url, logger: silent });
}

/**
 * Does the jobs that transactions have left in the database, one at a time, until it is stopped. A job that fails is
 * tried again after a growing time (3 s to 6 h, 25 times); one that a crash has left is taken up by the next start.
 */
export function startJobs({ url, tasks, log }: { url: string; tasks: Tasks; log: JobLog }): Jobs {
  const stopping = new AbortController();
  const taskList = Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      async (payload: unknown) => task(payload, stopping.signal),
    ]),
  );
  let runner: Runner | undefined;

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        runner = await run({
          connectionString: url,
          maxPoolSize: CONNECTIONS,
          concurrency: 1,
          noHandleSignals: true,
          crontab: '',
          preset: { worker: AWAITED },
          taskList,
          logger: loggerTo(log),
        });
        // A stop may have come while it started, and found nothing to stop.
        if (stopping.signal.aborted) await runner.stop();
        await runner.promise;
      } catch (error) {
        log.warn({ err: error }, 'background jobs are interrupted');
      }
      await sleep(AGAIN_MS, undefined, stopping).catch(() => undefined);
    }
  }
  const running = keepRunning();
  return {
    async stop() {
      stopping.abort(Object.assign(new Error('The service stops.'), { code: 'STOPPING' }));
      // A runner that has ended by itself has nothing to stop.
      await runner
        ?.stop()
        .catch((error: unknown) => log.debug({ err: error }, 'background jobs had stopped'));
      await running;
    },
  };
}

const silent = new JobLogger(() => () => undefined);

/** A job's error names no person: what it says is the runner's and the engines' own. */
const loggerTo = (log: JobLog): JobLogger =>
  new JobLogger((scope) => (level, message) => {
    const isTrouble = level === 'error' || level === 'warning';
    log[isTrouble ? 'warn' : 'debug']({ job: scope.jobId, task: scope.taskIdentifier }, message);
  });
