import type { ChannelEvent } from '../asterisk/call-events.ts';
import type { CallEvent } from '../call/call.ts';
import type { HangupCause } from '../call/cause.ts';
import type { Reserved } from '../db/claim.ts';
import type { CallCommands } from './commands.ts';
import {
  type CallContext,
  type CallRecords,
  type CallTerms,
  type RunningCall,
  runCall,
} from './running-call.ts';
import { callOf, targetChannelOf } from './transfer.ts';

/** The key with which a callee asks not to be called again. */
const OPT_OUT_DIGIT = '9';

/** The calls of this process, by their ids; that of an attempt is also its channel's. */
export interface Calls extends CallCommands {
  begin(reserved: Reserved): RunningCall;
  /** Begins a call that has come in. */
  take(terms: CallTerms, records: CallRecords): RunningCall;
  /** Hands what happened to a channel to its call; channels that are no call of ours are ignored. */
  hear(happened: ChannelEvent): void;
  running(): readonly RunningCall[];
  /** Resolves when no call is left. */
  allFinished(): Promise<unknown>;
}

/** Keeps running calls until their end is in the database. */
export function createCalls(
  context: CallContext & { readonly recordsOf: (reserved: Reserved) => CallRecords },
): Calls {
  const calls = new Map<string, RunningCall>();
  const byChannel = new Map<string, RunningCall>();

  function run(terms: CallTerms, records: CallRecords): RunningCall {
    const { callId, channelId, talks } = terms;
    const call = runCall(terms, records, context);
    calls.set(callId, call);
    byChannel.set(channelId, call);
    void call.finished.then(() => calls.delete(callId) && byChannel.delete(channelId));
    if (talks) void call.finished.then(context.spare.take());
    return call;
  }

  function optOut(call: RunningCall): void {
    call.optOut(`pressed ${OPT_OUT_DIGIT}`).catch((error: unknown) => {
      context.log.error({ err: error, callId: call.terms.callId }, 'opt-out failed');
    });
  }

  return {
    begin(reserved) {
      const { attemptId: callId } = reserved;
      const terms = { ...reserved, callId, channelId: callId, inbound: false };
      return run(terms, context.recordsOf(reserved));
    },
    take: run,
    hear(happened) {
      const { channelId } = happened;
      const target = calls.get(callOf(channelId));
      if (target && channelId === targetChannelOf(target.terms.callId)) return target.hearTarget(happened);
      const call = byChannel.get(channelId);
      if (!call) return;
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
