import type { Logger } from 'pino';
import type { AriRequester } from '../asterisk/ari.ts';
import { type TrunkSettings, pushTrunk, removeTrunk, trunkState } from '../asterisk/trunk.ts';
import { campaignsOnTrunk, pauseTrunk, trunkSettings } from '../db/trunks.ts';
import { UNKNOWN_RUN } from '../campaign/trunk-breaker.ts';
import type { Connection } from '../db/database.ts';
import { clearNumbers } from '../db/clear-numbers.ts';
import type { Finished } from '../db/finish.ts';
import { createBreakers } from './breakers.ts';
import type { CampaignCommands } from './commands.ts';
import type { LiveFeed } from './live.ts';
import { unseal } from './secret.ts';

const POLL_MS = 3000;

/** Whether the far side of a trunk answers and, where we register, whether it let us. */
export interface TrunkStatus {
  readonly qualify: 'reachable' | 'unreachable' | 'unknown';
  readonly registration: 'registered' | 'rejected' | 'unregistered' | 'none' | 'unknown';
}

/** The trunks of the database as the PBX has them. */
export interface Trunks {
  /** Brings all trunks to the PBX; after every connect, since it keeps them in memory only. */
  pushAll(): Promise<void>;
  /** Brings one new or changed trunk to the PBX. */
  push(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  status(id: string): TrunkStatus;
  /** How many calls may be placed on it now: none until it has answered, few after many failed. */
  room(id: string): number;
  placed(id: string, attemptId: string): void;
  /** Judges the trunk by how a call on it ended. */
  ended(finished: Finished): Promise<void>;
  /** How many trunks are known, and how many of them do not answer. */
  count(): { readonly total: number; readonly unreachable: number };
  stop(): void;
}

/**
 * Keeps trunks on the PBX and campaigns off trunks that can't call: one that answers no OPTIONS, does not get
 * registered, takes no calls, or refuses our credentials pauses its campaigns, and they resume by themselves when it
 * recovers.
 */
export function createTrunks(parts: {
  db: Connection;
  ari: () => AriRequester | null;
  secretKey: Uint8Array;
  campaigns: Pick<CampaignCommands, 'hold' | 'release'>;
  live: LiveFeed;
  log: Logger;
}): Trunks {
  const { db, log } = parts;
  const states = new Map<string, TrunkStatus>();
  const breakers = createBreakers();

  type Stored = Awaited<ReturnType<typeof trunkSettings>>[number];

  function opened({ id, host, port, transport, registers, username, password }: Stored): TrunkSettings {
    const login = username && password && { username, password: unseal(parts.secretKey, id, password) };
    return { id, host, port, transport, registers, ...login };
  }

  /** A trunk that Asterisk does not take is told to the log and holds up no other. */
  async function pushOne(ari: AriRequester, trunk: Stored): Promise<void> {
    states.delete(trunk.id);
    try {
      await pushTrunk(ari, opened(trunk));
    } catch (error) {
      log.error({ err: error, trunkId: trunk.id }, 'trunk could not be set up');
    }
  }

  async function readStatus(ari: AriRequester, trunk: Stored): Promise<TrunkStatus> {
    const state = await trunkState(ari, opened(trunk));
    if (!state) return { qualify: 'unknown', registration: 'unknown' };
    return { qualify: state.reachable ? 'reachable' : 'unreachable', registration: state.registration };
  }

  async function poll(): Promise<void> {
    const ari = parts.ari();
    if (!ari) return;
    for (const trunk of await trunkSettings(db, {})) {
      const state = await readStatus(ari, trunk);
      const before = states.get(trunk.id);
      states.set(trunk.id, state);
      if (before?.qualify !== state.qualify || before.registration !== state.registration) {
        log.info({ trunkId: trunk.id, ...state }, 'trunk state');
        parts.live.publish({ type: 'trunk', id: trunk.id });
      }
      await holdCampaigns(
        trunk.id,
        canCall(state) && trunk.pausedBecause === null && breakers.isWell(trunk.id),
      );
    }
  }

  async function holdCampaigns(trunkId: string, well: boolean): Promise<void> {
    for (const campaign of await campaignsOnTrunk(db, { trunkId })) {
      const held = campaign.pausedBecause.includes('trunk');
      if (well && held) await parts.campaigns.release(campaign.id, 'trunk');
      if (!well && !held) await parts.campaigns.hold(campaign.id, 'trunk');
    }
  }

  /** The carrier refused us, not the callee: nothing more is dialed on the trunk until an operator changes it. */
  async function fault(id: string, reason: string): Promise<void> {
    await pauseTrunk(db, { id, reason });
    log.warn({ trunkId: id, reason }, 'trunk paused');
    parts.live.publish({ type: 'trunk', id });
    await holdCampaigns(id, false);
  }

  const status = (id: string): TrunkStatus =>
    states.get(id) ?? { qualify: 'unknown', registration: 'unknown' };

  const timer = setInterval(() => {
    poll().catch((error: unknown) => log.error({ err: error }, 'trunks could not be checked'));
  }, POLL_MS);

  return {
    async pushAll() {
      const ari = parts.ari();
      if (!ari) return;
      await Promise.all((await trunkSettings(db, {})).map((trunk) => pushOne(ari, trunk)));
    },
    async push(id) {
      breakers.reset(id);
      const ari = parts.ari();
      if (!ari) return;
      const [trunk] = await trunkSettings(db, { id });
      if (trunk) await pushOne(ari, trunk);
    },
    async remove(id) {
      states.delete(id);
      const ari = parts.ari();
      if (ari) await removeTrunk(ari, id);
    },
    status,
    room(id) {
      const state = status(id);
      return state.qualify === 'reachable' && canCall(state) ? breakers.room(id) : 0;
    },
    placed: (id, attemptId) => breakers.placed(id, attemptId),
    async ended(finished) {
      const { trunkId: id, end } = finished;
      if (end.disposition === 'trunk_fault') {
        return fault(id, `The carrier refused our call with SIP ${end.trail?.hangupRequest?.sip}.`);
      }
      const { accused, opened } = breakers.ended(finished);
      if (opened) {
        log.warn({ trunkId: id }, 'the carrier takes no calls; waiting');
        await holdCampaigns(id, false);
      }
      if (!accused) return;
      await fault(id, `The carrier said of ${UNKNOWN_RUN} numbers in a row that they do not exist.`);
      await clearNumbers(db, { attemptIds: accused });
    },
    count: () => ({
      total: states.size,
      unreachable: [...states.values()].filter((state) => !canCall(state)).length,
    }),
    stop: () => clearInterval(timer),
  };
}

const canCall = ({ qualify, registration }: TrunkStatus): boolean =>
  qualify !== 'unreachable' && registration !== 'rejected' && registration !== 'unregistered';
