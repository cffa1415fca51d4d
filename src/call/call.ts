import type { AnswerClass } from '../answer/verdict.ts';
import {
  type Agreement,
  type HangUpReason,
  type HangupCause,
  type Trail,
  type Verdict,
  dispositionOf,
} from './cause.ts';
import type { Disposition } from './disposition.ts';

/**
 *   reserved ─placed─► dialing ─ringing─► ringing ─answered─► speaking ─greetingHeard─► listening
 *      │                  └──────────answered─────────────────▲   │ machine                │ machine
 *      │ refused                                              │   ▼                        ▼
 *      │                                                      │ leavingMessage ◄───────────┘
 *      │                                          a screening ▼   │ ▲                    ▲ a person joins
 *      │                                                   screened ┴────────────────────┘ (back to speaking, and here
 *                                                               │                   again if a phone rings after all)
 *      ▼                                                        │ messageLeft, screeningOver
 *                                   handedOver ◄── handOver: from speaking and listening
 *    ended ◄── destroyed, lost: from every state ◄── leaving ◄──┴── hangUp: from every placed state
 *
 * `step` is pure: it returns the next call and what the outside world should now do. An event that the state does not
 * expect leaves the call as it was, so duplicated and late events are harmless (I15); `ended` never reopens (I5).
 */
export type Call =
  | { readonly state: 'reserved' }
  | { readonly state: 'dialing'; readonly trail: Trail }
  | { readonly state: 'ringing'; readonly trail: Trail }
  | { readonly state: 'speaking'; readonly trail: Trail }
  | { readonly state: 'listening'; readonly trail: Trail }
  | { readonly state: 'leavingMessage'; readonly trail: Trail }
  /** Something asks who calls, and may let a person join. */
  | { readonly state: 'screened'; readonly trail: Trail }
  /** The callee has been put through to somebody else: the agent is silent. */
  | { readonly state: 'handedOver'; readonly trail: Trail }
  | { readonly state: 'leaving'; readonly trail: Trail }
  | { readonly state: 'ended'; readonly disposition: Disposition; readonly trail: Trail | null };

export type CallState = Call['state'];
/** A call whose INVITE was asked for and that has not ended. */
type PlacedCall = Exclude<Call, { state: 'reserved' | 'ended' }>;

export type CallEvent =
  /** The PBX was asked to send the INVITE. */
  | { readonly type: 'placed'; readonly at: Date }
  /** The PBX refused before any INVITE. */
  | { readonly type: 'refused' }
  | { readonly type: 'ringing'; readonly at: Date }
  /** Early media is to be had (183 with SDP). */
  | { readonly type: 'progress'; readonly at: Date }
  | { readonly type: 'answered'; readonly at: Date }
  | { readonly type: 'greetingHeard' }
  /** The callee has been quiet for long enough after the greeting, or has said enough. */
  | { readonly type: 'heardOut'; readonly spoke: boolean }
  /** Who or what answered, as far as can be heard; a later verdict replaces it. */
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  /** The machine has our message, or there is none to leave. */
  | { readonly type: 'messageLeft'; readonly spoken: boolean }
  /** The callee and the agent have agreed on something, and it is durable. */
  | { readonly type: 'agreed'; readonly on: Agreement }
  /** Nobody has joined for so long after a screening that nobody will. */
  | { readonly type: 'screeningOver' }
  /** The callee and the one they are put through to hear each other. */
  | { readonly type: 'handOver'; readonly to: string }
  | { readonly type: 'hangUp'; readonly because: HangUpReason }
  | { readonly type: 'hangupRequest'; readonly cause: HangupCause }
  | {
      readonly type: 'destroyed';
      readonly at: Date;
      readonly cause: HangupCause;
      readonly sipCallId?: string;
    }
  /** Found gone after a restart of the service or of the PBX. */
  | { readonly type: 'lost'; readonly what: 'lost_app' | 'lost_pbx' };

export type Effect =
  /** Render the greeting while the phone rings. */
  | { readonly type: 'prepare' }
  /** Join callee and media leg and speak the greeting. */
  | { readonly type: 'speak' }
  | { readonly type: 'listen' }
  /** Hear early media: the network may announce why nobody answers. */
  | { readonly type: 'hearEarly' }
  /** Stop the greeting, wait for the beep, leave the message. */
  | { readonly type: 'leaveMessage' }
  /** Stop the greeting, say who calls and why when we are asked, and listen who joins. */
  | { readonly type: 'introduce' }
  /** Stop what is being said, and listen anew who joins. */
  | { readonly type: 'listenAnew' }
  | { readonly type: 'hangUp'; readonly because: HangUpReason }
  | { readonly type: 'finish'; readonly disposition: Disposition; readonly trail: Trail | null };

export type Step = readonly [Call, ...Effect[]];

/** Advances a call by one event. */
export function step(call: Call, event: CallEvent): Step {
  if (call.state === 'ended') return [call];
  if (event.type === 'lost') return end(event.what, call.state === 'reserved' ? null : call.trail);
  if (call.state === 'reserved') return stepReserved(call, event);

  switch (event.type) {
    case 'destroyed': {
      const sipCallId = event.sipCallId === undefined ? {} : { sipCallId: event.sipCallId };
      const trail = { ...call.trail, destroyed: event.cause, endedAt: event.at, ...sipCallId };
      return end(dispositionOf(trail), trail);
    }
    case 'hangupRequest':
      return [{ ...call, trail: { hangupRequest: event.cause, ...call.trail } }];
    case 'hangUp':
      if (call.state === 'leaving') return [call];
      return [
        { state: 'leaving', trail: { ...call.trail, hungUpBecause: event.because } },
        { type: 'hangUp', because: event.because },
      ];
    case 'ringing':
      if (call.state !== 'dialing') return [call];
      return [
        { state: 'ringing', trail: { ...call.trail, ringingAt: event.at } },
        ...prepareOnce(call.trail),
      ];
    case 'progress':
      if (call.state !== 'dialing' && call.state !== 'ringing') return [call];
      return [
        { ...call, trail: { progressAt: event.at, ...call.trail } },
        ...prepareOnce(call.trail),
        ...(call.trail.progressAt ? [] : [{ type: 'hearEarly' } as const]),
      ];
    case 'answered':
      return answer(call, event.at);
    case 'greetingHeard':
      if (call.state !== 'speaking') return [call];
      return [{ state: 'listening', trail: { ...call.trail, greetingHeard: true } }, { type: 'listen' }];
    case 'heardOut':
      if (call.state !== 'listening') return [call];
      return step(
        { ...call, trail: { ...call.trail, calleeSpoke: event.spoke } },
        { type: 'hangUp', because: 'done' },
      );
    case 'verdict':
      return hear(call, event.verdict);
    case 'messageLeft':
      if (call.state !== 'leavingMessage') return [call];
      return step(
        { ...call, trail: { ...call.trail, messageLeft: event.spoken } },
        { type: 'hangUp', because: 'done' },
      );
    case 'agreed':
      // Whoever wants no more calls gets none, whatever was said about a callback.
      if (call.trail.agreement?.type === 'neverAgain') return [call];
      return [{ ...call, trail: { ...call.trail, agreement: event.on } }];
    case 'screeningOver':
      return call.state === 'screened' ? step(call, { type: 'hangUp', because: 'done' }) : [call];
    case 'handOver':
      if (call.state !== 'speaking' && call.state !== 'listening') return [call];
      return [{ state: 'handedOver', trail: { ...call.trail, handedOverTo: event.to } }];
    case 'placed':
    case 'refused':
      return [call];
  }
}

function stepReserved(call: Call & { state: 'reserved' }, event: CallEvent): Step {
  if (event.type === 'placed') return [{ state: 'dialing', trail: { dialedAt: event.at } }];
  if (event.type === 'refused' || event.type === 'hangUp') return end('not_placed', null);
  return [call];
}

function answer(call: PlacedCall, at: Date): Step {
  switch (call.state) {
    case 'dialing':
    case 'ringing':
      return [
        { state: 'speaking', trail: { ...call.trail, answeredAt: at } },
        ...prepareOnce(call.trail),
        { type: 'speak' },
      ];
    case 'leaving':
      // A 200 that crossed our CANCEL (F13): the hang-up is asked for again, now as a BYE; no agent audio.
      return [call, { type: 'hangUp', because: call.trail.hungUpBecause ?? 'done' }];
    case 'speaking':
    case 'listening':
    case 'leavingMessage':
    case 'screened':
    case 'handedOver':
      return [call];
  }
}

type Reaction = 'talk' | 'leaveMessage' | 'introduce' | 'hangUp';

/** What to do about who or what answers. A silent callee may be listening; no audio at all is told by its own event. */
const reactions: Readonly<Record<AnswerClass, Reaction>> = {
  human: 'talk',
  unknown: 'talk',
  silence: 'talk',
  voicemail: 'leaveMessage',
  call_screening: 'introduce',
  mailbox_full: 'hangUp',
  ivr: 'hangUp',
  fax_modem: 'hangUp',
  sit_intercept: 'hangUp',
  sit_vacant: 'hangUp',
  sit_reorder: 'hangUp',
  sit_no_circuit: 'hangUp',
  ringback_after_answer: 'hangUp',
  busy_after_answer: 'hangUp',
};

/** Until a person or a machine comes to the phone, the screening stays the verdict. */
const whileScreened: Readonly<Record<AnswerClass, Reaction | 'wait' | 'listenAnew'>> = {
  ...reactions,
  unknown: 'wait',
  silence: 'listenAnew',
  call_screening: 'listenAnew',
  ringback_after_answer: 'listenAnew',
};

/** A verdict is kept whatever the state; on an answered call it may end the talk with a person that is none. */
function hear(call: PlacedCall, verdict: Verdict): Step {
  const heard = { ...call, trail: { ...call.trail, verdict } };
  const reaction = reactions[verdict.class];
  switch (call.state) {
    case 'speaking':
    case 'listening':
      return waitsStill(call, verdict) ?? react(heard, verdict);
    case 'leavingMessage':
      // The words of a machine come after its voice, and may tell that it takes no message.
      if (reaction !== 'introduce' && reaction !== 'hangUp') return [heard];
      return waitsStill(call, verdict) ?? react(heard, verdict);
    case 'screened':
      return hearScreened(call, heard, verdict);
    case 'dialing':
    case 'ringing':
    case 'leaving':
      return [heard];
    case 'handedOver':
      // Two people talk: what is heard is no answer any more.
      return [call];
  }
}

/** A phone rings behind a screening: who was thought to have joined was its own voice, and it is still what has answered. */
function waitsStill({ trail }: PlacedCall, verdict: Verdict): Step | null {
  if (!trail.screening || verdict.class !== 'ringback_after_answer') return null;
  return [{ state: 'screened', trail: { ...trail, verdict: trail.screening } }, { type: 'listenAnew' }];
}

function hearScreened(call: PlacedCall, heard: PlacedCall, verdict: Verdict): Step {
  const reaction = whileScreened[verdict.class];
  if (reaction === 'wait') return [call];
  return reaction === 'listenAnew' ? [call, { type: reaction }] : react(heard, verdict);
}

function react(call: PlacedCall, verdict: Verdict): Step {
  const { trail } = call;
  switch (reactions[verdict.class]) {
    case 'talk':
      return call.state === 'screened' ? [{ state: 'speaking', trail }, { type: 'speak' }] : [call];
    case 'leaveMessage':
      return [{ state: 'leavingMessage', trail }, { type: 'leaveMessage' }];
    case 'introduce':
      if (trail.screening) return [{ state: 'screened', trail }, { type: 'listenAnew' }];
      return [{ state: 'screened', trail: { ...trail, screening: verdict } }, { type: 'introduce' }];
    case 'hangUp':
      return step(call, { type: 'hangUp', because: 'done' });
  }
}

const prepareOnce = (before: Trail): Effect[] =>
  before.ringingAt || before.progressAt ? [] : [{ type: 'prepare' }];

const end = (disposition: Disposition, trail: Trail | null): Step => [
  { state: 'ended', disposition, trail },
  { type: 'finish', disposition, trail },
];
