import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import type { Dependencies, Readiness } from '../../src/api/dependencies.ts';
import { createFirstKey } from '../../src/api/key.ts';
import { buildServer } from '../../src/api/server.ts';
import { createCampaignCommands } from '../../src/engine/commands.ts';
import { type LiveFeed, createLiveFeed } from '../../src/engine/live.ts';
import { type Meter, createMeter } from '../../src/engine/metrics.ts';
import { type Paces, keepPaces } from '../../src/engine/paces.ts';
import type { TrunkStatus } from '../../src/engine/trunks.ts';
import { freshDatabase } from './database.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What the API asked of the engine, and what the engine answers. */
interface FakeEngine {
  readonly cancelled: { ids: readonly string[]; because: string }[];
  readonly pushed: string[];
  readonly removed: string[];
  readonly hungUp: string[];
  readonly liveCalls: Set<string>;
  woken: number;
  trunkStatus: TrunkStatus;
  readiness: Readiness;
}

export interface TestApi {
  readonly db: Dependencies['db'];
  readonly key: string;
  readonly server: Awaited<ReturnType<typeof buildServer>>;
  readonly engine: FakeEngine;
  readonly live: LiveFeed;
  readonly meter: Meter;
  readonly paces: Paces;
  readonly recordings: string;
  readonly secretKey: Uint8Array;
  /** Sends a request with the key, its body as JSON. */
  send(method: Method, path: string, body?: object): Promise<LightMyRequestResponse>;
  /** Sends a request that must succeed; resolves to its body. */
  make(path: string, body: object): Promise<{ readonly id: string }>;
}

/**
 * An API over a database of its own, for a test file to make at its top level. The engine behind it only writes down
 * what it hears.
 */
export async function testApi(): Promise<TestApi> {
  const db = await freshDatabase();
  const key = await createFirstKey(db);
  if (key === null) throw new Error('The database already has a key');
  const recordings = await mkdtemp(join(tmpdir(), 'carillon-recordings-'));
  const secretKey = new Uint8Array(32).fill(7);
  const live = createLiveFeed();
  const meter = createMeter();
  const log = pino({ level: 'silent' });
  const paces = keepPaces({ slots: 4, log });
  const engine: FakeEngine = {
    cancelled: [],
    pushed: [],
    removed: [],
    hungUp: [],
    liveCalls: new Set(),
    woken: 0,
    trunkStatus: { qualify: 'unknown', registration: 'none' },
    readiness: { ready: true, parts: [] },
  };
  const calls: Dependencies['calls'] = {
    hangUp: async (id) => engine.liveCalls.has(id) && engine.hungUp.push(id) > 0,
    cancel: (ids, because) => void engine.cancelled.push({ ids, because }),
  };
  const wakeDialer = () => void engine.woken++;
  const server = await buildServer({
    db,
    log,
    campaigns: createCampaignCommands({ db, live, calls, wake: wakeDialer }),
    calls,
    trunks: {
      push: async (id) => void engine.pushed.push(id),
      remove: async (id) => void engine.removed.push(id),
      status: () => engine.trunkStatus,
    },
    live,
    recordings,
    secretKey,
    wakeDialer,
    canTalk: () => true,
    voices: { standard: 'en_US-joe-medium', names: ['en_US-joe-medium', 'de_DE-eva'] },
    readiness: async () => engine.readiness,
    metrics: () => ({
      ...meter.read(),
      ...paces.read(),
      activeCalls: engine.liveCalls.size,
      ariConnected: true,
      trunks: { total: 2, unreachable: 1 },
    }),
  });
  afterAll(async () => {
    await server.close();
    await rm(recordings, { recursive: true });
  });

  const send: TestApi['send'] = async (method, path, body) =>
    server.inject({
      method,
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${key}` },
      ...(body && { payload: body }),
    });
  const make: TestApi['make'] = async (path, body) => {
    const reply = await send('POST', path, body);
    if (reply.statusCode >= 300) throw new Error(`POST ${path}: ${reply.body}`);
    return reply.json();
  };
  return { db, key, server, engine, live, meter, paces, recordings, secretKey, send, make };
}

/** Every item of a list, read page by page. */
export async function walk<Item>(api: TestApi, path: string, limit = 2): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const separator = path.includes('?') ? '&' : '?';
    const query: string = `${separator}limit=${limit}${cursor && `&cursor=${cursor}`}`;
    const reply = await api.send('GET', path + query);
    if (reply.statusCode !== 200) throw new Error(reply.body);
    const page: { items: Item[]; nextCursor: string | null } = reply.json();
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}
