import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AriAddress } from '../asterisk/ari.ts';
import { channelEvent } from '../asterisk/call-events.ts';
import { incoming } from '../asterisk/inbound.ts';
import { type AriConnection, connectAri } from '../asterisk/connection.ts';
import type { Reader, Transcriber, Voices } from '../conversation/engines.ts';
import { completeIfDone } from '../db/attempts.ts';
import type { Finished } from '../db/finish.ts';
import type { Connection } from '../db/database.ts';
import { createAnalyst } from './analyse.ts';
import { attemptRecords } from './attempt-records.ts';
import { type Calls, createCalls } from './calls.ts';
import { type CampaignCommands, createCampaignCommands } from './commands.ts';
import { startDialer } from './dialer.ts';
import { createFinisher } from './finisher.ts';
import { createGuards } from './guards.ts';
import { createInbound } from './inbound.ts';
import { type Lease, keepLease } from './lease.ts';
import type { LiveFeed } from './live.ts';
import type { Meter } from './metrics.ts';
import { type Paces, keepPaces } from './paces.ts';
import { createProgressLog } from './progress-log.ts';
import { reconcile } from './recovery.ts';
import { spareTime } from './spare-time.ts';
import type { TalkEngines } from './talk.ts';
import { type Trunks, createTrunks } from './trunks.ts';

/** The application's name in Asterisk. */
const APP = 'carillon';
/** How often an Asterisk that refuses us or is not there is asked again. */
const RETRY_MS = 3000;
/** How long a stop waits for the ends of calls that it has hung up. */
const UNCONFIRMED_MS = 5000;

export interface Engine {
  readonly campaigns: CampaignCommands;
  readonly calls: Calls;
  readonly trunks: Trunks;
  readonly paces: Pick<Paces, 'read'>;
  /** The job that follows a conversation. */
  readonly analyse: (payload: unknown, signal: AbortSignal) => Promise<void>;
  /** Why Asterisk can't be used now; null when it can. */
  problem(): string | null;
  /** Looks for work now: there may be more to dial. */
  wake(): void;
  /** Stops claiming, lets live calls end for `drainMs`, then ends them, and leaves no channel behind (F29). */
  stop(drainMs: number): Promise<void>;
}

/** What the engine stands on. */
export interface EngineParts {
  readonly db: Connection;
  readonly asterisk: AriAddress;
  /** Names this Asterisk in the database, the same at every start. */
  readonly pbx: string;
  readonly voices: Voices | null;
  readonly talk: TalkEngines | null;
  /** Reads what was said when a call is over; null where that can't be had. */
  readonly reader: Reader | null;
  /** Whether reading slows live conversations down, as it does where both are done by one small engine. */
  readonly readsInSpareTime: boolean;
  /** Whether all engines of a conversation are there and well now. */
  readonly canTalk: () => boolean;
  /** How many conversations this machine holds at once. */
  readonly talkSlots: number;
  /** Listens to a language, two letters; null where that can't be had. */
  readonly ears: ((language: string) => Transcriber) | null;
  readonly secretKey: Uint8Array;
  readonly recordingsFolder: string;
  readonly live: LiveFeed;
  readonly log: Logger;
  readonly meter: Meter;
}

/** Starts dialing: connects to Asterisk, reconciles what a former run left, and claims what is due from then on. */
export async function startEngine(parts: EngineParts): Promise<Engine> {
  const { db, live, log, pbx } = parts;
  const stopping = new AbortController();
  let ari: AriConnection | null = null;
  let problem: string | null = 'Asterisk has not been reached yet.';
  let lease: Lease | undefined;

  const progress = createProgressLog(db, log);
  const spare = spareTime();
  const paces = keepPaces({ slots: parts.talkSlots, log });
  const calls: Calls = createCalls({
    ari: () => ari,
    db,
    log,
    voices: parts.voices,
    ears: parts.ears,
    recordingsFolder: parts.recordingsFolder,
    onActionIgnored: () => parts.meter.actionIgnored(),
    onTurnTook(seconds) {
      parts.meter.turnTook(seconds);
      paces.turnTook(seconds);
    },
    talk: parts.talk,
    spare,
    recordsOf: attemptRecords({
      db,
      calls: () => calls,
      progress,
      live,
      onEnded: createFinisher({ db, log, onFinished }),
    }),
  });
  const campaigns = createCampaignCommands({ db, live, calls, wake: () => dialer.wake() });
  const trunks = createTrunks({ db, ari: () => ari, secretKey: parts.secretKey, campaigns, live, log });
  const { recordingsFolder } = parts;
  await mkdir(recordingsFolder, { recursive: true, mode: 0o700 });
  const hasVoice = (name: string): boolean =>
    parts.voices !== null && (parts.voices.names?.includes(name) ?? true);
  const guards = await createGuards({
    db,
    log,
    hasVoice,
    canTalk: parts.canTalk,
    recordingsFolder,
    campaigns,
  });
  const inbound = createInbound({
    db,
    ari: () => ari,
    pbx,
    calls,
    guards,
    talkSlots: parts.talkSlots,
    isOpen: () => !stopping.signal.aborted,
    log,
  });
  const dialer = startDialer({
    db,
    ari: () => ari,
    pbx,
    calls,
    log,
    mayDial: () => (problem === null ? (lease?.epoch() ?? null) : null),
    trunks,
    guards,
    onRefused: settle,
    talksAllowed: paces.talksAllowed,
    onClaimed: (seconds) => parts.meter.claimTook(seconds),
  });

  async function onFinished(finished: readonly Finished[]): Promise<void> {
    for (const each of finished) {
      parts.meter.attemptEnded(each.end.disposition);
      await trunks.ended(each);
    }
    for (const campaignId of new Set(finished.map((each) => each.campaignId))) await settle(campaignId);
  }

  /** Completes a campaign whose last lead is done; looks for more to dial otherwise. */
  async function settle(campaignId: string): Promise<void> {
    if (await completeIfDone(db, { campaignId })) {
      log.info({ campaignId }, 'campaign completed');
      live.publish({ type: 'campaign', id: campaignId, state: 'completed', pausedBecause: [] });
    }
    dialer.wake();
  }

  /** After every (re)connect: trunks, then what was under way; only then is anything dialed. */
  async function takeUp(connection: AriConnection, startupTime: string): Promise<void> {
    await trunks.pushAll();
    const pbxStartedAt = new Date(startupTime);
    await reconcile({ db, ari: connection, pbx, calls, inbound, log, pbxStartedAt, onEnded: settle });
    problem = null;
    log.info('Asterisk connected');
    dialer.wake();
  }

  /** Tries again until `stop`, since neither a refusal nor a failed query is a reason to give up. */
  async function persist(what: string, work: () => Promise<void>): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        return await work();
      } catch (error) {
        problem = `${what}: ${error instanceof Error ? error.message : String(error)}`;
        log.error({ err: error }, problem);
        await sleep(RETRY_MS, undefined, stopping).catch(() => undefined);
      }
    }
  }

  async function connect(): Promise<void> {
    const connected = Promise.withResolvers<AriConnection>();
    connected.promise.catch(() => undefined);
    try {
      ari = await connectAri({
        ...parts.asterisk,
        app: APP,
        onEvent: (event) => {
          const happened = channelEvent(event);
          if (!happened) return;
          const call = incoming(happened);
          if (call) inbound.arrive(call);
          else calls.hear(happened);
        },
        onConnected: ({ startupTime }) => {
          void persist('Asterisk could not be taken up', async () =>
            takeUp(await connected.promise, startupTime),
          );
        },
        onDisconnected: ({ reason, detail }) => {
          problem =
            reason === 'replaced'
              ? 'Another program took our place in Asterisk.'
              : `Asterisk is lost: ${detail}`;
          log.warn({ reason, detail }, 'Asterisk disconnected');
        },
        onError: (error) => log.error({ err: error }, 'Asterisk event failed'),
      });
      connected.resolve(ari);
    } catch (error) {
      connected.reject(error);
      throw error;
    }
  }

  lease = await keepLease(db, { pbx, log, onChange: () => dialer.wake() });
  const connecting = persist('Asterisk can not be used', connect);
  return {
    campaigns,
    calls,
    trunks,
    paces,
    analyse: createAnalyst({
      db,
      reader: parts.reader,
      spare: parts.readsInSpareTime ? spare : { use: async (work, signal) => work(signal) },
      live,
      log,
      onRefined: settle,
    }),
    problem: () => problem,
    wake: () => dialer.wake(),
    async stop(drainMs) {
      stopping.abort();
      await dialer.stop();
      await connecting;
      // Unreferenced: a limit that was not needed must not keep the process.
      await Promise.race([calls.allFinished(), sleep(drainMs, undefined, { ref: false })]);
      for (const call of calls.running()) call.dispatch({ type: 'hangUp', because: 'shutdown' });
      await Promise.race([calls.allFinished(), sleep(UNCONFIRMED_MS, undefined, { ref: false })]);
      guards.stop();
      trunks.stop();
      progress.stop();
      ari?.close();
      await lease?.release();
    },
  };
}
