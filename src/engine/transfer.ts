import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { SPEECH_RATE } from '../audio/format.ts';
import type { ChannelEvent } from '../asterisk/call-events.ts';
import type { AriConnection } from '../asterisk/connection.ts';
import { openMedia } from '../asterisk/media.ts';
import { addToBridge, setVariable } from '../asterisk/operations.ts';
import { createCall, dialCall, hangUp } from '../asterisk/originate.ts';
import {
  type Transfer,
  type TransferEffect,
  type TransferEvent,
  type TransferOutcome,
  stepTransfer,
} from '../call/transfer.ts';
import type { Synthesizer } from '../conversation/engines.ts';
import type { TransferTarget } from '../conversation/tools.ts';
import { claimTransfer, endTransfer } from '../db/transfers.ts';
import type { Connection } from '../db/database.ts';
import type { CallTerms } from './running-call.ts';

/** A callee on the way to somebody of the team. */
export interface RunningTransfer {
  /** What happened to the target's channel. */
  hear(happened: ChannelEvent): void;
  calleeLeft(): void;
  /** Resolves when its end is written. */
  readonly over: Promise<void>;
}

/** The channel of a call's transfer. */
export const targetChannelOf = (callId: string): string => `transfer-${callId}`;
/** The call that a channel or a bridge of ours belongs to: its own, its agent's, or its transfer's. */
export const callOf = (id: string): string => id.replace(/^(media-|bridge-)?(transfer-)?/, '');

/** How long the target's phone rings: the callee waits. */
const RING_S = 25;
/** Then the PBX has given up by itself. */
const GRACE_MS = 3000;
/** Whoever takes a call says hello first. */
const HELLO_MS = 1200;
/** The longest talk of two people; the agent's own limit is not meant for it. The PBX ends it by itself (I6). */
const LONGEST_S = 3600;

/** Rings a target on the trunk of a call, tells them who is on the line, and lets both hear each other. */
export function runTransfer(parts: {
  readonly db: Connection;
  readonly ari: AriConnection;
  readonly terms: CallTerms;
  readonly target: TransferTarget;
  /** What the target is told first. */
  readonly brief: string;
  readonly synthesizer: Synthesizer;
  readonly log: Logger;
  /** Both are about to hear each other. */
  readonly onTogether: () => void;
  readonly onBack: () => void;
  /** The target has left: nobody talks to the callee any more. */
  readonly onEndCall: () => void;
}): RunningTransfer {
  const { db, ari, terms, target, log } = parts;
  const { callId, trunkId, callerId } = terms;
  const channelId = targetChannelOf(callId);
  const ending = new AbortController();
  const over = Promise.withResolvers<void>();
  let transfer: Transfer = { state: 'ringing' };
  let media: Awaited<ReturnType<typeof openMedia>> | undefined;
  let rowId: string | undefined;

  const later = (ms: number, act: () => void): void => {
    sleep(ms, undefined, ending).then(act, () => undefined);
  };

  function dispatch(event: TransferEvent): void {
    const [next, ...effects] = stepTransfer(transfer, event);
    if (next.state !== transfer.state) log.info({ from: transfer.state, to: next.state }, 'transfer');
    const wasOver = transfer.state === 'over';
    transfer = next;
    for (const effect of effects) void attempt(async () => perform(effect));
    if (next.state === 'over' && !wasOver) void close(next.outcome);
  }

  /** What fails leaves the callee to the agent. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (transfer.state !== 'over') log.error({ err: error }, 'transfer failed');
      dispatch({ type: 'failed' });
    }
  }

  async function perform(effect: TransferEffect): Promise<void> {
    switch (effect) {
      case 'brief':
        return brief();
      case 'join':
        return join();
      case 'hangUpTarget':
        await hangUp(ari, channelId);
        return;
      case 'comeBack':
        return parts.onBack();
      case 'endCall':
        return parts.onEndCall();
    }
  }

  async function place(): Promise<void> {
    const claimed = await claimTransfer(db, { callId, trunkId, target });
    rowId = claimed?.id;
    if (!claimed || transfer.state === 'over') return dispatch({ type: 'failed' });
    const placed = performance.now();
    const longestSeconds = RING_S + LONGEST_S;
    await createCall(ari, { attemptId: channelId, trunkId, number: target.number, callerId, longestSeconds });
    media = await openMedia(ari, {
      callId: channelId,
      onFrame: () => undefined,
      onEnd: () => dispatch({ type: 'failed' }),
    });
    await sleep(Math.max(0, claimed.waitMs - (performance.now() - placed)), undefined, ending);
    await dialCall(ari, channelId, RING_S);
    later(RING_S * 1000 + GRACE_MS, () => dispatch({ type: 'late' }));
  }

  async function brief(): Promise<void> {
    await media?.join();
    await sleep(HELLO_MS, undefined, ending);
    for await (const pcm of parts.synthesizer.speak(parts.brief, ending.signal)) media?.play(pcm);
    media?.play(new Int16Array(0.2 * SPEECH_RATE));
    if ((await media?.mark()) === 'played') dispatch({ type: 'briefed' });
  }

  async function join(): Promise<void> {
    await setVariable(ari, terms.channelId, { variable: 'TIMEOUT(absolute)', value: String(LONGEST_S) });
    // Straight out of the bridge in which they were told: nobody else is left in that one.
    await addToBridge(ari, `bridge-${callId}`, { channel: channelId, inhibitConnectedLineUpdates: true });
    parts.onTogether();
    await media?.close();
    media = undefined;
  }

  async function close(outcome: TransferOutcome): Promise<void> {
    ending.abort();
    await placing;
    try {
      // Also a channel that was still being made when the callee left.
      await hangUp(ari, channelId);
      await media?.close();
      if (rowId !== undefined) await endTransfer(db, { id: rowId, outcome });
    } catch (error) {
      log.error({ err: error }, 'the end of a transfer was not written');
    } finally {
      over.resolve();
    }
  }

  const placing = attempt(place);
  return {
    hear(happened) {
      if (happened.type === 'answered') dispatch({ type: 'answered' });
      if (happened.type !== 'destroyed') return;
      const { cause: q850, techCause: sip } = happened;
      dispatch({ type: 'gone', cause: sip === undefined ? { q850 } : { q850, sip } });
    },
    calleeLeft: () => dispatch({ type: 'calleeLeft' }),
    over: over.promise,
  };
}
