import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Dependencies } from './api/dependencies.ts';
import { createFirstKey } from './api/key.ts';
import { buildServer } from './api/server.ts';
import type { AriAddress } from './asterisk/ari.ts';
import type { Config } from './config/config.ts';
import { openDatabase } from './db/database.ts';
import type { DB } from './db/generated.ts';
import { deleteAbandonedImports } from './db/imports.ts';
import { startJobs } from './db/jobs.ts';
import { migrate } from './db/migrate.ts';
import { type Engine, startEngine } from './engine/engine.ts';
import { createLiveFeed } from './engine/live.ts';
import { createMeter } from './engine/metrics.ts';
import { endFormerCalls } from './engine/recovery.ts';
import type { TalkEngines } from './engine/talk.ts';
import { type Engines, startEngines } from './engines.ts';
import { startAsterisk } from './native/asterisk.ts';
import type { Say } from './native/cache.ts';
import { startPostgres } from './native/postgres.ts';
import { goFirst } from './native/priority.ts';

/** The running service. */
export interface Service {
  /** Base of its HTTP server, without a slash at the end. */
  readonly url: string;
  /** The key that the first start on a database makes; null at later starts. */
  readonly firstKey: string | null;
  /** Stops dialing, lets live calls end for a while, ends the rest, and leaves nothing running. */
  stop(): Promise<void>;
}

const KEY_BYTES = 32;
/** A conversation with local models keeps two processor cores busy; models elsewhere leave a core to ten. */
const talkSlotsOf = ({ talkSlots, sttUrl, llm }: Config): number =>
  talkSlots ?? Math.max(1, Math.floor(availableParallelism() * (sttUrl && llm ? 10 : 0.5)));
/** How long live calls may go on after a stop was asked for. */
const DRAIN_MS = 10_000;

/**
 * Starts all of it in order: database, Asterisk, the engines of conversations, dialing, HTTP. What was started is stopped again
 * when a later part fails. A missing engine does not stop the start: readiness names it and campaigns that need it are
 * not dialed.
 */
export async function startService(
  config: Config,
  { say, log }: { say: Say; log: Logger },
): Promise<Service> {
  const started: (() => Promise<unknown>)[] = [];
  const stopAll = async (): Promise<void> => {
    for (const stop of started.toReversed()) await stop();
  };
  try {
    return { ...(await assemble(config, { say, log, started })), stop: stopAll };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function assemble(
  config: Config,
  { say, log, started }: { say: Say; log: Logger; started: (() => Promise<unknown>)[] },
): Promise<Omit<Service, 'stop'>> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  if (!(await goFirst())) log.info('runs at normal priority: with many calls at once audio may come late');
  // Loading them takes seconds; calls that a crash has left do not wait for that beside the rest (F3).
  const loading = startEngines(config, { say, log });
  started.push(async () => Promise.all(Object.values(await loading).map(async ({ stop }) => stop())));
  const { db, url: databaseUrl } = await openMigrated(config, { say, log, started });
  const secretKey = config.secretKey ?? (await keepSecretKey(config.dataDir));
  const firstKey = await createFirstKey(db);
  const recordings = join(config.dataDir, 'recordings');

  const { asterisk, pbx } = await findAsterisk(config, { say, started });
  await endFormerCalls({ db, asterisk, log });
  const engines = await loading;
  const live = createLiveFeed();
  const meter = createMeter();
  const engine = await startEngine({
    db,
    asterisk,
    pbx,
    voices: engines.voice.engine,
    talk: talkOf(engines),
    reader: engines.head.engine,
    readsInSpareTime: config.llm === undefined,
    canTalk: () => canTalk(engines),
    talkSlots: talkSlotsOf(config),
    ears: engines.ears.engine,
    secretKey,
    recordingsFolder: recordings,
    live,
    log,
    meter,
  });
  started.push(async () => engine.stop(DRAIN_MS));
  const jobs = startJobs({ url: databaseUrl, tasks: { analyse: engine.analyse }, log });
  started.push(async () => jobs.stop());

  const server = await buildServer({
    db,
    log,
    campaigns: engine.campaigns,
    calls: engine.calls,
    trunks: engine.trunks,
    live,
    recordings,
    secretKey,
    wakeDialer: () => engine.wake(),
    // An engine that is being started again comes back.
    canTalk: () => talkOf(engines) !== null,
    voices: engines.voice.engine,
    readiness: async () => readinessOf(engine, engines),
    metrics: () => ({
      ...meter.read(),
      ...engine.paces.read(),
      activeCalls: engine.calls.running().length,
      ariConnected: engine.problem() === null,
      trunks: engine.trunks.count(),
    }),
  });
  started.push(async () => server.close());
  const url = await server.listen(config.http);
  return { url, firstKey };
}

type Started = { readonly started: (() => Promise<unknown>)[] };

async function openMigrated(
  config: Config,
  { say, log, started }: { say: Say; log: Logger } & Started,
): Promise<{ readonly db: Kysely<DB>; readonly url: string }> {
  let url = config.databaseUrl;
  if (url === undefined) {
    const postgres = await startPostgres({ folder: join(config.dataDir, 'postgres'), say, durable: true });
    started.push(async () => postgres.stop());
    url = postgres.url;
  }
  const db = openDatabase(url, (error) => log.error({ err: error }, 'database connection lost'));
  started.push(async () => db.destroy());
  await migrate(db, url);
  await deleteAbandonedImports(db);
  return { db, url };
}

/** The Asterisk of the configuration, else one of our own; with the name under which the database knows it. */
async function findAsterisk(
  config: Config,
  { say, started }: { say: Say } & Started,
): Promise<{ asterisk: AriAddress; pbx: string }> {
  if (config.ari) return { asterisk: config.ari, pbx: config.ari.url };
  const own = await startAsterisk({ role: 'carillon', folder: join(config.dataDir, 'asterisk'), say });
  started.push(async () => own.stop());
  return {
    asterisk: { url: own.ariUrl, user: own.ariUser, password: own.ariPassword },
    pbx: `${hostname()}:${config.dataDir}`,
  };
}

async function keepSecretKey(dataDir: string): Promise<Uint8Array> {
  const path = join(dataDir, 'secret-key');
  try {
    await writeFile(path, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFile(path);
}

/** All engines of a conversation, as the dialing engine takes them; null where one of them is missing. */
function talkOf({ voice, ears, head, turns }: Engines): TalkEngines | null {
  if (!voice.engine || !ears.engine || !head.engine || !turns.engine) return null;
  return {
    transcriber: ears.engine,
    chat: head.engine,
    detector: turns.engine,
  };
}

const canTalk = (engines: Engines): boolean =>
  Object.values(engines).every(({ engine, problem }) => engine !== null && problem() === null);

function readinessOf(engine: Engine, engines: Engines): Awaited<ReturnType<Dependencies['readiness']>> {
  const problem = engine.problem();
  const remedy = 'Check CARILLON_ARI_URL, _USER and _PASSWORD.';
  const parts = Object.entries({
    asterisk: problem === null ? null : { problem, remedy },
    voice: engines.voice.problem(),
    ears: engines.ears.problem(),
    head: engines.head.problem(),
    turns: engines.turns.problem(),
  }).map(([name, fault]) => ({
    name,
    ok: fault === null,
    problem: fault?.problem ?? null,
    remedy: fault?.remedy ?? null,
  }));
  return { ready: parts.every(({ ok }) => ok), parts };
}
