import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { connectAri, type AriConnection } from '../../src/asterisk/connection.ts';
import { channelEvent, type ChannelEvent } from '../../src/asterisk/call-events.ts';
import type { AriEvent } from '../../src/asterisk/generated.ts';
import { putSipConfig } from '../../src/asterisk/operations.ts';
import { createCall, dialCall, type Originate } from '../../src/asterisk/originate.ts';
import { pushTrunk, trunkObjects, trunkState, type TrunkSettings } from '../../src/asterisk/trunk.ts';
import { workingFolder } from '../../src/native/folder.ts';
import { startAsterisk, type RunningAsterisk } from '../../src/native/asterisk.ts';

/** Events as they come, and a way to wait for one. */
export type EventLog = {
  readonly raw: readonly AriEvent[];
  readonly all: readonly ChannelEvent[];
  push(event: AriEvent): void;
  /** Resolves to the first event, past or future, that fits. */
  until(fits: (event: ChannelEvent) => boolean): Promise<ChannelEvent>;
};

export function eventLog(): EventLog {
  const raw: AriEvent[] = [];
  const all: ChannelEvent[] = [];
  const waiting = new Set<(event: ChannelEvent) => void>();
  return {
    raw,
    all,
    push: (event) => {
      raw.push(event);
      const meant = channelEvent(event);
      if (!meant) return;
      all.push(meant);
      for (const look of waiting) look(meant);
    },
    until: (fits) =>
      new Promise((resolve) => {
        const look = (event: ChannelEvent): void => {
          if (!fits(event)) return;
          waiting.delete(look);
          resolve(event);
        };
        waiting.add(look);
        all.forEach(look);
      }),
  };
}

/** A call placed by a test. */
export type PlacedCall = {
  readonly id: string;
  readonly number: string;
  until<T extends ChannelEvent['type']>(type: T): Promise<Extract<ChannelEvent, { type: T }>>;
  /** The types of its events so far, each once, in their order. */
  seen(): readonly string[];
};

export type AsteriskPair = {
  readonly carillon: RunningAsterisk;
  readonly farEnd: RunningAsterisk;
  readonly ari: AriConnection;
  readonly log: EventLog;
  readonly trunk: TrunkSettings;
  /** Rings a number of the far end, by its last digits, on the pair's trunk unless another is named. */
  place(
    digits: string,
    options?: Partial<Originate> & { readonly ringSeconds?: number },
  ): Promise<PlacedCall>;
  stop(): Promise<void>;
};

export const callerId = '+441632960001';

const say = (): void => undefined;

/** Starts Carillon's Asterisk and the far end's, with a trunk between them and an application connected. */
export async function startPair(): Promise<AsteriskPair> {
  const folder = await workingFolder();
  const [carillon, farEnd] = await Promise.all([
    startAsterisk({ role: 'carillon', folder: join(folder.path, 'carillon'), say }),
    startAsterisk({ role: 'far-end', folder: join(folder.path, 'far-end'), say }),
  ]);
  const log = eventLog();
  const ari = await connectTo(carillon, log);
  const trunk: TrunkSettings = {
    id: randomUUID(),
    host: '127.0.0.1',
    port: farEnd.sipPort,
    transport: 'udp',
    username: farEnd.trunkUser,
    password: farEnd.trunkPassword,
    registers: false,
  };
  await pushTrunk(ari, trunk);
  return {
    carillon,
    farEnd,
    ari,
    log,
    trunk,
    place: (digits, options) =>
      placeCall(ari, log, { trunkId: trunk.id, number: `+44770090${digits}`, ...options }),
    stop: async () => {
      ari.close();
      await Promise.all([carillon.stop(), farEnd.stop()]);
      await folder.remove();
    },
  };
}

function connectTo(asterisk: RunningAsterisk, log: EventLog): Promise<AriConnection> {
  return connectAri({
    url: asterisk.ariUrl,
    user: asterisk.ariUser,
    password: asterisk.ariPassword,
    app: 'carillon',
    onEvent: (event) => log.push(event),
    onConnected: () => undefined,
    onDisconnected: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
}

/** Places a call on any connection. */
export async function placeCall(
  ari: AriConnection,
  log: EventLog,
  {
    ringSeconds = 20,
    ...options
  }: Partial<Originate> & Pick<Originate, 'trunkId' | 'number'> & { readonly ringSeconds?: number },
): Promise<PlacedCall> {
  const id = options.attemptId ?? randomUUID();
  await createCall(ari, { attemptId: id, callerId, longestSeconds: 60, ...options });
  await dialCall(ari, id, ringSeconds);
  const mine = (): readonly ChannelEvent[] => log.all.filter(({ channelId }) => channelId === id);
  return {
    id,
    number: options.number,
    until: async (type) =>
      (await log.until((event) => event.channelId === id && event.type === type)) as never,
    seen: () => [...new Set(mine().map(({ type }) => type))],
  };
}

/** Asks until the trunk's state fits. */
export async function untilTrunk(
  ari: AriConnection,
  trunk: TrunkSettings,
  fits: (state: Awaited<ReturnType<typeof trunkState>>) => boolean,
): Promise<void> {
  while (!fits(await trunkState(ari, trunk))) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** Pushes a trunk to a carrier that would take an OPTIONS for a call. */
export async function pushUnaskedTrunk(ari: AriConnection, trunk: TrunkSettings): Promise<void> {
  const objects = trunkObjects(trunk);
  const aor = { ...objects.aor, qualify_frequency: '0' };
  for (const [type, fields] of Object.entries({ ...objects, aor }))
    await putSipConfig(ari, type, trunk.id, fields);
}
