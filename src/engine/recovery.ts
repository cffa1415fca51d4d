import type { Logger } from 'pino';
import { type AriAddress, type AriRequester, isStatus, openAri } from '../asterisk/ari.ts';
import type { Channel } from '../asterisk/generated.ts';
import { cameIn } from '../asterisk/inbound.ts';
import { destroyBridge, listBridges, listChannels } from '../asterisk/operations.ts';
import { hangUp } from '../asterisk/originate.ts';
import { knownCalls, liveAttempts } from '../db/attempts.ts';
import type { Connection } from '../db/database.ts';
import { finishAttempts } from '../db/finish.ts';
import { finishInbound, liveInbound } from '../db/inbound.ts';
import type { Calls } from './calls.ts';
import type { Inbound } from './inbound.ts';
import type { RunningCall } from './running-call.ts';
import { callOf } from './transfer.ts';

/**
 * Brings the database and the PBX to one view after every (re)connect (F1–F6). Nothing is dialed again:
 *
 * | database says           | the PBX has the channel | it has not                                         |
 * |-------------------------|-------------------------|----------------------------------------------------|
 * | live, running here      | catches up and goes on  | ended unseen: by its trail, else lost              |
 * | live, of a former run   | hung up, `lost_app`     | `not_placed` if never dialed, else lost            |
 * | nothing, but is ours    | hung up (I6)            |                                                    |
 *
 * The same holds for calls that came in; one of a former run is lost, whatever it had come to.
 *
 * Lost is `lost_pbx` when the PBX started after the attempt was reserved (F5), `lost_app` otherwise.
 */
export async function reconcile(recovery: {
  db: Connection;
  ari: AriRequester;
  pbx: string;
  calls: Calls;
  inbound: Pick<Inbound, 'owns'>;
  log: Logger;
  pbxStartedAt: Date;
  /** Told of the campaign of each attempt that was ended. */
  onEnded: (campaignId: string) => Promise<void>;
}): Promise<void> {
  const { db, ari, calls, log } = recovery;
  const live = await liveAttempts(db, recovery);
  const liveIn = await liveInbound(db, recovery);
  const channels = await listChannels(ari);
  const onPbx = new Map(channels.map((channel) => [channel.id, channel]));
  const lostTo = (since: Date): 'lost_pbx' | 'lost_app' =>
    recovery.pbxStartedAt > since ? 'lost_pbx' : 'lost_app';

  const running = new Map(calls.running().map((call) => [call.terms.callId, call]));
  for (const call of running.values()) {
    const channel = onPbx.get(call.terms.channelId);
    if (!channel) endUnseen(call, lostTo);
    else catchUp(call, channel);
  }

  const isRunning = (id: string): boolean => running.has(callOf(id)) || recovery.inbound.owns(callOf(id));
  const orphans = await endOrphans({ db, ari, channels, isRunning });
  const formerIn = liveIn.filter(({ id }) => !isRunning(id));
  for (const { id, arrivedAt } of formerIn) {
    await finishInbound(db, { id, disposition: lostTo(arrivedAt), trail: null, recording: null });
  }

  const former = live.filter(({ id }) => !running.has(id));
  const finished = await finishAttempts(
    db,
    former.map(({ id, state, reservedAt, dialAt }) => ({
      attemptId: id,
      disposition: state === 'reserved' ? 'not_placed' : lostTo(reservedAt),
      trail: state === 'reserved' ? null : { dialedAt: dialAt },
      recording: null,
    })),
  );
  for (const campaignId of new Set(finished.map((end) => end.campaignId))) await recovery.onEnded(campaignId);
  if (orphans + former.length + formerIn.length > 0) {
    log.warn({ orphans, attempts: former.length, inbound: formerIn.length }, 'reconciled with the PBX');
  }
}

/** Ends the calls of a former run, before this one has any (I6, F3); what they come to is settled by `reconcile`. */
export async function endFormerCalls({
  db,
  asterisk,
  log,
}: {
  db: Connection;
  asterisk: AriAddress;
  log: Logger;
}): Promise<void> {
  const ari = openAri(asterisk);
  try {
    const orphans = await endOrphans({
      db,
      ari,
      channels: await listChannels(ari),
      isRunning: () => false,
    });
    if (orphans > 0) log.warn({ orphans }, 'calls of a former run were ended');
  } catch (error) {
    // Asterisk may come later; it is waited for then.
    log.info({ err: error }, 'calls of a former run were not looked for');
  } finally {
    ari.close();
  }
}

/**
 * Hangs up our channels that belong to no running call and removes their bridges; returns how many channels. Whatever
 * else goes on at this PBX is not touched.
 */
async function endOrphans({
  db,
  ari,
  channels,
  isRunning,
}: {
  db: Connection;
  ari: AriRequester;
  channels: readonly Channel[];
  isRunning: (id: string) => boolean;
}): Promise<number> {
  const bridges = await listBridges(ari);
  const known = await knownCalls(db, { ids: [...channels, ...bridges].map(({ id }) => callOf(id)) });
  const isOrphan = ({ id }: { readonly id: string }): boolean => known.has(callOf(id)) && !isRunning(id);
  const orphans = channels.filter((each) => isOrphan(each) || (cameIn(each) && !isRunning(each.id)));
  await Promise.all(orphans.map(({ id }) => hangUp(ari, id)));
  for (const { id } of bridges.filter(isOrphan)) await destroyBridge(ari, id).catch(unlessGone);
  return orphans.length;
}

/** Tells a running call what its channel has become while no events came. */
function catchUp({ call, dispatch }: RunningCall, { state }: Channel): void {
  if (call.state === 'leaving') return;
  if (state === 'Ringing') dispatch({ type: 'ringing', at: new Date() });
  if (state === 'Up') dispatch({ type: 'answered', at: new Date() });
}

/**
 * Ends a running call whose channel went while no events came; one that was answered, or that we were hanging up, is
 * judged by its trail.
 */
function endUnseen({ call, dispatch }: RunningCall, lostTo: (since: Date) => 'lost_pbx' | 'lost_app'): void {
  if (call.state === 'reserved' || call.state === 'ended') return;
  const what = lostTo(call.trail.dialedAt);
  if (what === 'lost_app' && (call.trail.answeredAt || call.trail.hungUpBecause)) {
    dispatch({ type: 'destroyed', at: new Date(), cause: { q850: 0 } });
  } else dispatch({ type: 'lost', what });
}

function unlessGone(error: unknown): void {
  if (!isStatus(error, 404)) throw error;
}
