import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AriConnection } from '../asterisk/connection.ts';
import { hangUp } from '../asterisk/originate.ts';
import { type Call, type CallEvent, type Effect, step } from '../call/call.ts';
import { renderTemplate } from '../conversation/template.ts';
import type { Synthesizer } from '../conversation/engines.ts';
import type { Ended, Recording } from '../db/finish.ts';
import type { Reserved } from '../db/claim.ts';
import { templateValues } from '../db/dialing.ts';
import type { Connection } from '../db/database.ts';
import { type VoiceSession, openVoiceSession } from './voice-session.ts';

/** What a call needs of the engine. */
export interface CallContext {
  readonly db: Connection;
  /** The connection to Asterisk; null before the first one. */
  readonly ari: () => AriConnection | null;
  readonly synthesizer: Synthesizer | null;
  readonly recordingsFolder: string;
  readonly log: Logger;
  readonly onState: (call: RunningCall) => void;
  readonly onEnded: (ended: Ended) => Promise<void>;
}

export interface RunningCall {
  readonly reserved: Reserved;
  readonly call: Call;
  /** Resolves when the end is in the database. */
  readonly finished: Promise<void>;
  /** Opens the media leg of an agent that talks, before the INVITE: so the first early media is heard. */
  open(): Promise<void>;
  readonly dispatch: (event: CallEvent) => void;
}

/** After an answer, this long without any audio is a fault of the line (F16). */
const NO_AUDIO_MS = 8000;
/** The PBX ends a call that rings or talks too long; this much later we do it ourselves. */
const GRACE_MS = 5000;
/** A hang-up that Asterisk does not confirm within this time is tried again. */
const UNCONFIRMED_MS = 5000;

/** Runs one reserved attempt: feeds events to the pure `step` and does what it asks for. */
export function runCall(reserved: Reserved, context: CallContext): RunningCall {
  const { attemptId } = reserved;
  const log = context.log.child({ callId: attemptId });
  const finished = Promise.withResolvers<void>();
  /** Ends every wait with the call. */
  const over = new AbortController();
  let call: Call = { state: 'reserved' };
  const running: RunningCall = {
    reserved,
    get call() {
      return call;
    },
    finished: finished.promise,
    open: async () => {
      voice = open();
      await voice;
    },
    dispatch,
  };
  let voice: Promise<VoiceSession | null> | undefined;
  let values: ReturnType<typeof templateValues> | undefined;

  const later = (ms: number, act: () => void): void => {
    sleep(ms, undefined, over).then(act, () => undefined);
  };

  function dispatch(event: CallEvent): void {
    const before = call.state;
    const [next, ...effects] = step(call, event);
    call = next;
    if (call.state !== before) {
      context.onState(running);
      if (call.state === 'dialing') {
        later(reserved.ringTimeoutS * 1000 + GRACE_MS, () => {
          if (call.state === 'dialing' || call.state === 'ringing')
            dispatch({ type: 'hangUp', because: 'ring_timeout' });
        });
      }
    }
    for (const effect of effects) {
      perform(effect).catch((error: unknown) => {
        // The callee may hang up at any moment, and what is under way then fails.
        if (call.state === 'ended' || call.state === 'leaving') return;
        log.error({ err: error, effect: effect.type }, 'call effect failed');
        dispatch({ type: 'hangUp', because: 'failure' });
      });
    }
  }

  async function perform(effect: Effect): Promise<void> {
    switch (effect.type) {
      case 'prepare':
        values = templateValues(context.db, { leadId: reserved.leadId });
        (await voice)?.prepare(renderTemplate(reserved.greeting, await values));
        return;
      case 'speak': {
        later(reserved.maxCallS * 1000 + GRACE_MS, () => dispatch({ type: 'hangUp', because: 'too_long' }));
        const session = await voice;
        if (call.state !== 'speaking') return;
        if (session) watchAudio(session);
        if (!session || (await session.speak())) dispatch({ type: 'greetingHeard' });
        return;
      }
      case 'hearEarly':
        await (await voice)?.hearEarly();
        return;
      case 'leaveMessage': {
        const message = renderTemplate(reserved.voicemailMessage, (await values) ?? {});
        const spoken = (await (await voice)?.leaveMessage(message)) ?? false;
        dispatch({ type: 'messageLeft', spoken });
        return;
      }
      case 'listen': {
        const spoke = (await (await voice)?.listen()) ?? false;
        dispatch({ type: 'heardOut', spoke });
        return;
      }
      case 'hangUp':
        return leave();
      case 'finish':
        over.abort();
        await context.onEnded({
          attemptId,
          disposition: effect.disposition,
          trail: effect.trail,
          recording: await closeVoice(),
        });
        finished.resolve();
        return;
    }
  }

  /** Hangs up until the channel is gone: Asterisk may be away for a while, and its event may be lost. */
  async function leave(): Promise<void> {
    while (call.state !== 'ended') {
      const gone = await hangUp(connection(), attemptId).then(
        (wasThere) => !wasThere,
        (error: unknown) => {
          log.warn({ err: error }, 'hang-up failed; trying again');
          return false;
        },
      );
      await sleep(UNCONFIRMED_MS, undefined, over).catch(() => undefined);
      if (gone) dispatch({ type: 'destroyed', at: new Date(), cause: { q850: 0 } });
    }
  }

  function connection(): AriConnection {
    const ari = context.ari();
    if (!ari) throw new Error('There is no connection to Asterisk.');
    return ari;
  }

  async function open(): Promise<VoiceSession | null> {
    if (reserved.greeting === '') return null;
    if (!context.synthesizer) throw new Error('There is a greeting but no engine to speak it.');
    return await openVoiceSession(connection(), {
      callId: attemptId,
      synthesizer: context.synthesizer,
      recordingsFolder: context.recordingsFolder,
      onVerdict: (verdict) => dispatch({ type: 'verdict', verdict }),
      onLost: () => dispatch({ type: 'hangUp', because: 'failure' }),
    });
  }

  /** A line that stays without any audio is a fault of the carrier's. */
  function watchAudio(session: VoiceSession): void {
    later(NO_AUDIO_MS, () => {
      if (!session.heardAnything()) dispatch({ type: 'hangUp', because: 'no_audio' });
    });
  }

  async function closeVoice(): Promise<Recording | null> {
    try {
      return (await (await voice)?.close()) ?? null;
    } catch (error) {
      log.error({ err: error }, 'recording failed');
      return null;
    }
  }

  return running;
}
