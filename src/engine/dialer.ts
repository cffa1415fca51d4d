import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AriConnection } from '../asterisk/connection.ts';
import { createCall, dialCall, hangUp } from '../asterisk/originate.ts';
import { spacingMs } from '../campaign/slots.ts';
import { markDialing } from '../db/attempts.ts';
import { activeCampaigns } from '../db/dialing.ts';
import { type Reserved, claimAttempts } from '../db/claim.ts';
import type { Connection } from '../db/database.ts';
import type { Calls } from './calls.ts';
import type { Guards } from './guards.ts';
import type { RunningCall } from './running-call.ts';
import type { Trunks } from './trunks.ts';
import { createPacer } from './pacer.ts';

/** How far ahead slots are booked: long enough to keep a fast trunk busy, short enough to stop soon. */
const HORIZON_MS = 200;
/** The most attempts that one claim takes. */
const CLAIM_LIMIT = 50;
const TICK_MS = 100;
/** An INVITE that is this late is not sent: window, list and caps were looked at for another moment (F9). */
const STALE_MS = 2000;
/** Places become free in bursts: a claim that waits this long takes several of them at once. */
const GATHER_MS = 15;
/** The PBX ends a call by itself this long after its longest, should this process be gone. */
const GRACE_S = 30;

export interface Dialer {
  /** Looks for work now instead of at the next tick. */
  wake(): void;
  /** Stops claiming and resolves when no claim is under way; live calls go on. */
  stop(): Promise<void>;
}

/** Claims and places attempts of all active campaigns while `mayDial` gives the epoch of the dialer's lease. */
export function startDialer(dialer: {
  db: Connection;
  ari: () => AriConnection | null;
  pbx: string;
  calls: Pick<Calls, 'begin'>;
  log: Logger;
  /** The epoch of our lease on the PBX; null while nothing may be dialed. */
  mayDial: () => number | null;
  trunks: Pick<Trunks, 'room' | 'placed'>;
  guards: Pick<Guards, 'mayDial'>;
  /** How many conversations may go on at once for campaigns with this target. */
  talksAllowed: (turnTargetMs: number) => number;
  onRefused: (campaignId: string) => Promise<void>;
  onClaimed: (seconds: number) => void;
}): Dialer {
  const { db, calls, log } = dialer;
  const pacer = createPacer();
  const stopping = new AbortController();
  let wakeUp = Promise.withResolvers<void>();

  async function tick(): Promise<void> {
    const epoch = dialer.mayDial();
    if (epoch === null) return;
    for (const campaign of await activeCampaigns(db)) {
      const { id, trunkId, callsPerSecond, turnTargetMs } = campaign;
      const limit = Math.min(CLAIM_LIMIT, dialer.trunks.room(trunkId));
      if (limit === 0 || !(await dialer.guards.mayDial(campaign))) continue;
      const from = performance.now();
      const { pbx } = dialer;
      const talkSlots = dialer.talksAllowed(turnTargetMs);
      const claim = { campaignId: id, pbx, epoch, limit, horizonMs: HORIZON_MS, talkSlots };
      const { now, reserved, refused } = await claimAttempts(db, claim);
      // Slots are on the database's clock; here only their distance from its present counts.
      const zero = performance.now() - now.getTime();
      if (reserved.length > 0) dialer.onClaimed((performance.now() - from) / 1000);
      for (const { attemptId } of reserved) dialer.trunks.placed(trunkId, attemptId);
      if (refused > 0) await dialer.onRefused(id);
      place(reserved, zero, spacingMs(callsPerSecond));
    }
  }

  /** Places attempts of one trunk, each in its slot; `zero` is where the database's clock began on ours. */
  function place(reserved: readonly Reserved[], zero: number, spacing: number): void {
    if (reserved.length === 0) return;
    const begun = reserved.map((attempt) => ({ attempt, call: calls.begin(attempt) }));
    const allowed = markDialing(db, { attemptIds: reserved.map(({ attemptId }) => attemptId) });
    for (const { attempt, call } of begun) {
      const slot = zero + attempt.dialAt.getTime();
      placeOne(attempt, call, allowed, slot, spacing).catch((error: unknown) => giveUp(call, error));
    }
  }

  /** Before the INVITE nothing has happened, but a channel may be there; after it the call is hung up. */
  function giveUp(call: RunningCall, error: unknown): void {
    const { callId } = call.terms;
    log.warn({ err: error, callId }, 'placing failed');
    if (call.call.state !== 'reserved') return call.dispatch({ type: 'hangUp', because: 'failure' });
    call.dispatch({ type: 'refused' });
    const ari = dialer.ari();
    // A channel that even this does not end ends by its own limit, or at the next reconcile.
    if (ari) hangUp(ari, callId).catch((err: unknown) => log.warn({ err, callId }, 'channel left behind'));
  }

  /** Channel and media leg are made ahead, so that in its slot the INVITE needs one request only. */
  async function placeOne(
    attempt: Reserved,
    call: RunningCall,
    allowed: Promise<Set<string>>,
    slot: number,
    spacing: number,
  ): Promise<void> {
    const { attemptId, trunkId, ringTimeoutS, maxCallS } = attempt;
    const ari = dialer.ari();
    if (!ari || !(await allowed).has(attemptId)) return call.dispatch({ type: 'refused' });
    if (call.call.state !== 'reserved') return;
    const longestSeconds = ringTimeoutS + maxCallS + GRACE_S;
    await Promise.all([createCall(ari, { ...attempt, longestSeconds }), call.open()]);
    const lateMs = await pacer.turn(trunkId, slot, spacing);
    if (lateMs > STALE_MS) throw new Error(`The decision to dial is ${Math.round(lateMs)} ms old.`);
    if (call.call.state !== 'reserved') return void (await hangUp(ari, attemptId));
    call.dispatch({ type: 'placed', at: new Date() });
    await dialCall(ari, attemptId, ringTimeoutS);
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await tick().catch((error: unknown) => log.error({ err: error }, 'dialing failed'));
      await Promise.race([wakeUp.promise, sleep(TICK_MS)]);
      await sleep(GATHER_MS);
      wakeUp = Promise.withResolvers();
    }
  }

  const looping = loop();
  return {
    wake: () => wakeUp.resolve(),
    async stop() {
      stopping.abort();
      wakeUp.resolve();
      await looping;
    },
  };
}
