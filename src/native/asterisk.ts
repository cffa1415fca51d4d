/** Starts an Asterisk of our own: Carillon's, or the simulated far end. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderConfig } from './asterisk-config.ts';
import type { Say } from './cache.ts';
import { startChild, type Child } from './child.ts';
import { freePorts } from './ports.ts';
import { asteriskFoldersOf, ensurePrefix, programOf } from './prefix.ts';

/** `carillon` runs the campaign's calls; `far-end` is the simulated carrier and everyone behind it. */
export type AsteriskRole = 'carillon' | 'far-end';

/** A running Asterisk and how to reach it, all on loopback. */
export type RunningAsterisk = {
  /** Base of ARI without a slash at the end, `http://127.0.0.1:12345/ari`. */
  readonly ariUrl: string;
  readonly ariUser: string;
  readonly ariPassword: string;
  /** SIP over UDP and over TCP. */
  readonly sipPort: number;
  /** SIP over websocket. */
  readonly wsUrl: string;
  /** What the far end asks its customer, our trunk, for. */
  readonly trunkUser: string;
  readonly trunkPassword: string;
  /** Where recordings are written, as wav. */
  readonly recordingsFolder: string;
  /** Where the far end's call records are written; `readFarEndRecords` reads them. */
  readonly recordsFolder: string;
  readonly pid: number;
  /** Resolves when the process is gone, for whatever reason. */
  readonly exited: Promise<unknown>;
  /** Ends every call and stops; resolves when the process is gone. */
  stop(): Promise<void>;
  /** Ends it as a crash would, with SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
};

const ADDRESS = '127.0.0.1';
const ARI_USER = 'carillon';
const TRUNK_USER = 'customer';
const ROOT = join(import.meta.dirname, '..', '..');
const BOOT_LIMIT_MS = 30_000;
const BOOT_POLL_MS = 20;

/** Below the ports that `freePorts` hands out, so that media never takes one of them. */
const RTP = { first: 10_000, last: 11_999 };

/**
 * Starts an Asterisk that keeps everything in `folder`; resolves when it is fully booted and ARI answers.
 * Recordings and records of an earlier run in that folder stay. Throws `ASTERISK_FAILED` with the end of its
 * log when it does not come up.
 */
export async function startAsterisk({
  role,
  folder,
  say,
  replaces,
}: {
  readonly role: AsteriskRole;
  readonly folder: string;
  readonly say: Say;
  /** One that has ended: its ports and passwords are taken over, so that whoever used it finds the new one. */
  readonly replaces?: RunningAsterisk;
}): Promise<RunningAsterisk> {
  const prefix = await ensurePrefix('telephony', say);
  const program = programOf(prefix, 'asterisk');
  const { modules, data } = asteriskFoldersOf(prefix);
  const ports = replaces
    ? { http: Number(new URL(replaces.ariUrl).port), sip: replaces.sipPort }
    : await freePorts('http', 'sip');
  const { tls: tlsPort } = await freePorts('tls');
  const { ariPassword = randomPassword(), trunkPassword = randomPassword() } = replaces ?? {};
  const etc = join(folder, 'etc');
  const log = join(folder, 'log');
  const recordingsFolder = join(folder, 'spool', 'monitor');
  const recordsFolder = join(log, 'cdr-custom');
  const empty = ['run', 'lib/keys', 'spool/recording'].map((name) => join(folder, name));
  for (const made of [log, recordingsFolder, recordsFolder, ...empty]) await mkdir(made, { recursive: true });
  const shared = join(ROOT, 'asterisk');
  await renderConfig(role === 'carillon' ? [shared] : [shared, join(shared, role)], etc, {
    ETC: etc,
    VAR: folder,
    MODULES: modules,
    DATA: data,
    DIALPLAN: join(ROOT, 'dialplan', `${role}.conf`),
    HTTP_ADDRESS: ADDRESS,
    HTTP_PORT: String(ports.http),
    SIP_ADDRESS: ADDRESS,
    SIP_PORT: String(ports.sip),
    SIP_TLS_PORT: String(tlsPort),
    RTP_START: String(RTP.first),
    RTP_END: String(RTP.last),
    ARI_USER,
    ARI_PASSWORD: ariPassword,
    TRUNK_USER,
    TRUNK_PASSWORD: trunkPassword,
  });

  const output = join(log, 'console');
  // -f: stay this process; -n: no colours
  const child = await startChild({ program, args: ['-fn', '-C', join(etc, 'asterisk.conf')], output });
  const ariUrl = `http://${ADDRESS}:${ports.http}/ari`;
  await booted(child, `${ariUrl}/asterisk/ping`, `${ARI_USER}:${ariPassword}`).catch(
    async (cause: unknown) => {
      await child.stop();
      throw Object.assign(
        new Error(`Asterisk (${role}) does not start:\n${await lastLines(log)}`, { cause }),
        {
          code: 'ASTERISK_FAILED',
        },
      );
    },
  );
  return {
    ariUrl,
    ariUser: ARI_USER,
    ariPassword,
    sipPort: ports.sip,
    wsUrl: `ws://${ADDRESS}:${ports.http}/ws`,
    trunkUser: TRUNK_USER,
    trunkPassword,
    recordingsFolder,
    recordsFolder,
    pid: child.pid,
    exited: child.exited,
    stop: async () => void (await child.stop()),
    kill: async () => {
      process.kill(child.pid, 'SIGKILL');
      await child.exited;
    },
  };
}

/** Waits until ARI answers, which it does only after the last module is loaded. */
async function booted(child: Child, url: string, login: string): Promise<void> {
  const headers = { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  const limit = AbortSignal.timeout(BOOT_LIMIT_MS);
  const exited = child.exited.then(({ code, signal }) => {
    throw new Error(`it ended with ${signal ?? `code ${code}`}`);
  });
  const answers = async (): Promise<void> => {
    for (;;) {
      limit.throwIfAborted();
      const reply = await fetch(url, { headers, signal: limit }).catch(() => undefined);
      if (reply?.ok) return;
      await sleep(BOOT_POLL_MS);
    }
  };
  await Promise.race([answers(), exited]);
}

async function lastLines(log: string): Promise<string> {
  const texts = await Promise.all(
    ['console', 'messages'].map((name) => readFile(join(log, name), 'utf8').catch(() => '')),
  );
  return texts.flatMap((text) => text.trim().split('\n').slice(-10)).join('\n');
}

const randomPassword = (): string => randomBytes(24).toString('base64url');
