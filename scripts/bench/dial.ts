import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { channelEvent } from '../../src/asterisk/call-events.ts';
import { connectAri } from '../../src/asterisk/connection.ts';
import { createCall, dialCall, hangUp } from '../../src/asterisk/originate.ts';
import { pushTrunk } from '../../src/asterisk/trunk.ts';
import { type Connection, openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { startEngine } from '../../src/engine/engine.ts';
import { createLiveFeed } from '../../src/engine/live.ts';
import { createMeter } from '../../src/engine/metrics.ts';
import { seal } from '../../src/engine/secret.ts';
import { type RunningAsterisk, startAsterisk } from '../../src/native/asterisk.ts';
import type { Say } from '../../src/native/cache.ts';
import { workingFolder } from '../../src/native/folder.ts';
import { startPostgres } from '../../src/native/postgres.ts';
import { seedActiveCampaign } from '../../test/support/seed-dialing.ts';
import { percentiles } from './percentiles.ts';

const CALLS = 1500;
const AT_ONCE = 100;
/** Far-end code: answers at once and waits for our hang-up. */
const CODE = '99';
const CALLER_ID = '+442079460000';
const numbers = Array.from(
  { length: CALLS },
  (_, index) => `+442079${String(index).padStart(4, '0')}${CODE}`,
);

/**
 * Calls per second through the whole path (claim, originate, answer, hang-up, disposition) and over bare ARI, the same
 * number of calls with the same number of them at once, far end and database on the same machine.
 */
export async function benchDial(): Promise<Readonly<Record<string, unknown>>> {
  const folder = await workingFolder();
  const farEnd = await startAsterisk({ role: 'far-end', folder: join(folder.path, 'far-end'), say });
  const own = await startAsterisk({ role: 'carillon', folder: join(folder.path, 'carillon'), say });
  const postgres = await startPostgres({ folder: join(folder.path, 'postgres'), say, durable: true });
  const db = openDatabase(postgres.url, (error) => say(error.message));
  try {
    await migrate(db, postgres.url);
    const bare = [await dialBare(own, farEnd)];
    const whole = await dialWhole(db, own, farEnd, folder.path);
    bare.push(await dialBare(own, farEnd));
    const bareCps = (bare[0] ?? 0) / 2 + (bare[1] ?? 0) / 2;
    return {
      calls: CALLS,
      at_once: AT_ONCE,
      cps: round(whole.cps),
      bare_cps: round(bareCps),
      ratio: Math.round((whole.cps / bareCps) * 1000) / 1000,
      claim_ms: percentiles(whole.claimMs, [50, 99]),
    };
  } finally {
    await db.destroy();
    await postgres.stop();
    await own.stop();
    await farEnd.stop();
    await folder.remove();
  }
}

const say: Say = (line) => void process.stderr.write(`${line}\n`);
const secretKey = new Uint8Array(32);
const round = (value: number): number => Math.round(value * 10) / 10;
const trunkOf = (farEnd: RunningAsterisk) =>
  ({
    id: 'far-end',
    host: '127.0.0.1',
    port: farEnd.sipPort,
    transport: 'udp',
    username: farEnd.trunkUser,
    password: farEnd.trunkPassword,
    registers: false,
  }) as const;

async function dialBare(own: RunningAsterisk, farEnd: RunningAsterisk): Promise<number> {
  const leave = new Map<string, () => void>();
  const ended = new Map<string, () => void>();
  const ari = await connectAri({
    url: own.ariUrl,
    user: own.ariUser,
    password: own.ariPassword,
    app: 'bare',
    onEvent: (event) => {
      const happened = channelEvent(event);
      if (event.type === 'Dial' && happened?.type === 'answered') leave.get(happened.channelId)?.();
      if (happened?.type === 'destroyed') ended.get(happened.channelId)?.();
    },
    onConnected: () => undefined,
    onDisconnected: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  await pushTrunk(ari, trunkOf(farEnd));
  const from = performance.now();
  const waiting = [...numbers];
  const worker = async (): Promise<void> => {
    for (let number = waiting.pop(); number; number = waiting.pop()) {
      const attemptId = randomUUID();
      const answered = new Promise<void>((resolve) => leave.set(attemptId, resolve));
      const gone = new Promise<void>((resolve) => ended.set(attemptId, resolve));
      await createCall(ari, {
        attemptId,
        trunkId: 'far-end',
        number,
        callerId: CALLER_ID,
        longestSeconds: 60,
      });
      await dialCall(ari, attemptId, 30);
      await answered;
      await Promise.all([hangUp(ari, attemptId), gone]);
      leave.delete(attemptId);
      ended.delete(attemptId);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const cps = (CALLS * 1000) / (performance.now() - from);
  ari.close();
  return cps;
}

async function dialWhole(
  db: Connection,
  own: RunningAsterisk,
  farEnd: RunningAsterisk,
  folder: string,
): Promise<{ cps: number; claimMs: number[] }> {
  const trunk = trunkOf(farEnd);
  await db
    .insertInto('trunks')
    .values({
      ...trunk,
      password: seal(secretKey, trunk.id, trunk.password),
      name: 'Far end',
      callerIds: [CALLER_ID],
      allowedPrefixes: ['+44'],
      channels: 1000,
      callsPerSecond: 1000,
    })
    .execute();
  // Without a greeting the agent hangs up at the answer, as the bare run does.
  const campaign = { maxConcurrent: AT_ONCE };
  await seedActiveCampaign(db, { numbers, trunkId: trunk.id, greeting: '', campaign });
  const live = createLiveFeed();
  const completed = new Promise<void>((resolve) => {
    live.subscribe((event) => {
      if (event.type === 'campaign' && event.state === 'completed') resolve();
    });
  });
  const claimMs: number[] = [];
  const engine = await startEngine({
    db,
    asterisk: { url: own.ariUrl, user: own.ariUser, password: own.ariPassword },
    pbx: 'bench',
    voices: null,
    talk: null,
    reader: null,
    readsInSpareTime: true,
    canTalk: () => false,
    talkSlots: 0,
    ears: null,
    secretKey,
    recordingsFolder: join(folder, 'recordings'),
    live,
    log: pino({ level: 'warn' }),
    meter: { ...createMeter(), claimTook: (seconds) => void claimMs.push(seconds * 1000) },
  });
  await completed;
  await engine.stop(0);
  const { answered, seconds } = await db
    .selectFrom('attempts')
    .select([
      sql<number>`count(*) filter (where disposition = 'answered')`.as('answered'),
      sql<number>`extract(epoch from max(ended_at) - min(reserved_at))::float8`.as('seconds'),
    ])
    .executeTakeFirstOrThrow();
  if (answered !== CALLS) throw new Error(`${answered} of ${CALLS} calls were answered.`);
  return { cps: CALLS / seconds, claimMs };
}
