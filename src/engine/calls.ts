import type { ChannelEvent } from '../asterisk/call-events.ts';
import type { CallEvent } from '../call/call.ts';
import type { HangupCause } from '../call/cause.ts';
import type { Reserved } from '../db/claim.ts';
import type { CallCommands } from './commands.ts';
import { type CallContext, type RunningCall, runCall } from './running-call.ts';
import { callOf, targetChannelOf } from './transfer.ts';

/** The key with which a callee asks not to be called again. */
const OPT_OUT_DIGIT = '9';

/** The calls of this process, by the attempt's id, which is also the channel's. */
export interface Calls extends CallCommands {
  begin(reserved: Reserved): RunningCall;
  /** Hands what happened to a channel to its call; channels that are no call of ours are ignored. */
  hear(happened: ChannelEvent): void;
  running(): readonly RunningCall[];
  /** Resolves when no call is left. */
  allFinished(): Promise<unknown>;
}

/** Keeps running calls until their end is in the database. */
export function createCalls(context: CallContext): Calls {
  const calls = new Map<string, RunningCall>();

  function optOut(call: RunningCall): void {
    call.optOut(`pressed ${OPT_OUT_DIGIT}`).catch((error: unknown) => {
      context.log.error({ err: error, callId: call.reserved.attemptId }, 'opt-out failed');
    });
  }

  return {
    begin(reserved) {
      const call = runCall(reserved, context);
      calls.set(reserved.attemptId, call);
      void call.finished.then(() => calls.delete(reserved.attemptId));
      if (reserved.talks) void call.finished.then(context.spare.take());
      return call;
    },
    hear(happened) {
      const callId = callOf(happened.channelId);
      const call = calls.get(callId);
      if (!call) return;
      if (happened.channelId === targetChannelOf(callId)) return call.hearTarget(happened);
      if (happened.channelId !== callId) return;
      if (happened.type === 'dtmf' && happened.digit === OPT_OUT_DIGIT) optOut(call);
      const event = callEvent(happened);
      if (event) call.dispatch(event);
    },
    running: () => [...calls.values()],
    allFinished: async () => Promise.all([...calls.values()].map((call) => call.finished)),
    hangUp: async (attemptId) => {
      calls.get(attemptId)?.dispatch({ type: 'hangUp', because: 'operator' });
      return calls.has(attemptId);
    },
    cancel(attemptIds, because) {
      for (const attemptId of attemptIds) calls.get(attemptId)?.dispatch({ type: 'hangUp', because });
    },
  };
}

function callEvent(happened: ChannelEvent): CallEvent | null {
  switch (happened.type) {
    case 'ringing':
    case 'progress':
    case 'answered':
      return { type: happened.type, at: happened.at };
    case 'hangupRequest':
      return { type: 'hangupRequest', cause: causeOf(happened) };
    case 'destroyed': {
      const { at, sipCallId } = happened;
      return { type: 'destroyed', at, cause: causeOf(happened), sipCallId };
    }
    case 'entered':
    case 'dialing':
    case 'dtmf':
    case 'mediaJoined':
    case 'mediaLeft':
      return null;
  }
}

const causeOf = ({ cause, techCause }: { cause: number; techCause?: number }): HangupCause =>
  techCause === undefined ? { q850: cause } : { q850: cause, sip: techCause };
