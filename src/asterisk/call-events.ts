import type { AriEvent, Channel } from './generated.ts';

/** What happened to one channel, in the words of a call. `at` is Asterisk's clock. */
export type ChannelEvent = {
  readonly channelId: string;
  readonly at: Date;
} & (
  | { readonly type: 'entered'; readonly args: readonly string[]; readonly callerNumber: string }
  /** The INVITE is on its way. */
  | { readonly type: 'dialing' }
  | { readonly type: 'ringing' }
  /** Early media: 183 with SDP. */
  | { readonly type: 'progress' }
  | { readonly type: 'answered' }
  | { readonly type: 'dtmf'; readonly digit: string; readonly durationMs: number }
  | { readonly type: 'mediaJoined'; readonly bridgeId: string }
  | { readonly type: 'mediaLeft'; readonly bridgeId: string }
  /** `cause` is Q.850; 32 says that we hung up. `techCause` is the SIP status the carrier sent. */
  | { readonly type: 'hangupRequest'; readonly cause: number; readonly techCause?: number }
  /** The end. Here `techCause` may be Asterisk's own invention: trust it only if `hangupRequest` had it too. */
  | {
      readonly type: 'destroyed';
      readonly cause: number;
      readonly techCause?: number;
      readonly sipCallId: string;
    }
);

/**
 * Says what an event of Asterisk means for its channel; nothing when it means nothing new. The same thing may be
 * said twice: Asterisk tells of ringing and of the answer in two events each, in either order.
 */
export function channelEvent(event: AriEvent): ChannelEvent | undefined {
  const at = timeOf(event.timestamp);
  switch (event.type) {
    case 'StasisStart': {
      const { id, caller } = event.channel;
      return { type: 'entered', channelId: id, at, args: event.args, callerNumber: caller.number };
    }
    case 'Dial': {
      const type = dialTypes[event.dialstatus];
      return type && { type, channelId: event.peer.id, at };
    }
    case 'ChannelStateChange': {
      const type = stateTypes[event.channel.state];
      return type && { type, channelId: event.channel.id, at };
    }
    case 'ChannelDtmfReceived':
      return {
        type: 'dtmf',
        channelId: event.channel.id,
        at,
        digit: event.digit,
        durationMs: event.duration_ms,
      };
    case 'ChannelEnteredBridge':
      return (
        event.channel && { type: 'mediaJoined', channelId: event.channel.id, at, bridgeId: event.bridge.id }
      );
    case 'ChannelLeftBridge':
      return { type: 'mediaLeft', channelId: event.channel.id, at, bridgeId: event.bridge.id };
    case 'ChannelHangupRequest':
      return { type: 'hangupRequest', channelId: event.channel.id, at, ...causesOf(event) };
    case 'ChannelDestroyed':
      return {
        type: 'destroyed',
        channelId: event.channel.id,
        at,
        ...causesOf(event),
        sipCallId: event.channel.protocol_id,
      };
    case 'StasisEnd':
    case 'ApplicationReplaced':
      return undefined;
  }
}

/** A final status is left out: it says less than the causes that follow, and often nothing but NOANSWER. */
const dialTypes: Readonly<Record<string, 'dialing' | 'ringing' | 'progress' | 'answered'>> = {
  '': 'dialing',
  RINGING: 'ringing',
  PROGRESS: 'progress',
  ANSWER: 'answered',
};

const stateTypes: Readonly<Record<Channel['state'], 'ringing' | 'answered' | undefined>> = {
  Ringing: 'ringing',
  Up: 'answered',
  Down: undefined,
  Rsrved: undefined,
  OffHook: undefined,
  Dialing: undefined,
  Ring: undefined,
  Busy: undefined,
  'Dialing Offhook': undefined,
  'Pre-ring': undefined,
  Unknown: undefined,
};

function causesOf({ cause = 0, tech_cause: techCause }: { cause?: number; tech_cause?: number }): {
  cause: number;
  techCause?: number;
} {
  return techCause === undefined ? { cause } : { cause, techCause };
}

/** ARI writes `2026-11-24T06:53:49.514+0000`; the standard wants a colon in the zone. */
const timeOf = (timestamp: string): Date => new Date(timestamp.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
