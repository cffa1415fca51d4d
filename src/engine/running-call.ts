import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AriConnection } from '../asterisk/connection.ts';
import type { ChannelEvent } from '../asterisk/call-events.ts';
import { sendDigits } from '../asterisk/operations.ts';
import { hangUp } from '../asterisk/originate.ts';
import { type Call, type CallEvent, type Effect, step } from '../call/call.ts';
import type { Agreement as Settled } from '../call/cause.ts';
import { renderOpening, renderTemplate } from '../conversation/template.ts';
import type { Synthesizer, Transcriber, Voices } from '../conversation/engines.ts';
import type { Ended, Recording } from '../db/finish.ts';
import type { CallBriefing } from '../db/briefing.ts';
import type { Reserved } from '../db/claim.ts';
import type { Agreement } from '../conversation/script.ts';
import type { SpokenTurn } from '../conversation/transcript.ts';
import type { FieldResult } from '../conversation/objective.ts';
import type { Connection } from '../db/database.ts';
import type { SpareTime } from './spare-time.ts';
import { type OnLine, type TalkEngines, conversationOf } from './talk.ts';
import { type RunningTransfer, runTransfer } from './transfer.ts';
import { type VoiceSession, openVoiceSession } from './voice-session.ts';

/** What is known of a call before it begins, whoever has rung whom. */
export interface CallTerms extends Omit<
  Reserved,
  'attemptId' | 'leadId' | 'campaignId' | 'number' | 'dialAt'
> {
  readonly callId: string;
  /** The id of its channel: of a call that comes in, Asterisk's own. */
  readonly channelId: string;
  /** Whether the person has rung us: then it is nobody's answer that has to be classified. */
  readonly inbound: boolean;
}

/** Where the records of a call are. */
export interface CallRecords {
  readonly briefing: () => Promise<CallBriefing>;
  /** Puts the person's number on the do-not-call list and ends other live attempts at it; then it is durable. */
  readonly neverAgain: (said: string) => Promise<void>;
  readonly addTurn: (n: number, turn: SpokenTurn) => Promise<void>;
  readonly addField: (result: FieldResult) => Promise<void>;
  readonly onState: (call: Call) => void;
  /** Resolves when the end is durable. */
  readonly onEnded: (end: Omit<Ended, 'attemptId'>) => Promise<void>;
}

/** What a call needs of the engine. */
export interface CallContext {
  readonly db: Connection;
  /** The connection to Asterisk; null before the first one. */
  readonly ari: () => AriConnection | null;
  readonly voices: Voices | null;
  /** What conversations need; null where some of it can't be had. */
  readonly talk: TalkEngines | null;
  /** What calls that talk leave of the engines' time. */
  readonly spare: Pick<SpareTime, 'take'>;
  /** Listens to a language, two letters; null where that can't be had. */
  readonly ears: ((language: string) => Transcriber) | null;
  readonly recordingsFolder: string;
  readonly log: Logger;
  /** The agent's model wanted what is not on its lists. */
  readonly onActionIgnored: () => void;
  /** The agent has answered so long after the callee. */
  readonly onTurnTook: (seconds: number) => void;
}

export interface RunningCall {
  readonly terms: CallTerms;
  readonly call: Call;
  /** Resolves when the end is in the database. */
  readonly finished: Promise<void>;
  /** Opens the media leg of an agent that talks, before the INVITE: so the first early media is heard. */
  open(): Promise<void>;
  readonly dispatch: (event: CallEvent) => void;
  /** What happened to the channel of somebody to whom the callee is put through. */
  readonly hearTarget: (happened: ChannelEvent) => void;
  /** The callee has pressed the key that means: no more calls. */
  readonly optOut: (how: string) => Promise<void>;
}

/** How often an opt-out that the database did not take is written again. */
const SAVE_AGAIN_MS = 1000;

/** After an answer, this long without any audio is a fault of the line (F16). */
const NO_AUDIO_MS = 8000;
/** Whoever lets their calls be screened has taken this one by then, or won't. */
const LONGEST_SCREENING_MS = 30_000;
/** The PBX ends a call that rings or talks too long; this much later we do it ourselves. */
const GRACE_MS = 5000;
/** A hang-up that Asterisk does not confirm within this time is tried again. */
const UNCONFIRMED_MS = 5000;

/** Runs one call: feeds events to the pure `step` and does what it asks for. */
export function runCall(terms: CallTerms, records: CallRecords, context: CallContext): RunningCall {
  const { callId, channelId } = terms;
  const log = context.log.child({ callId });
  const finished = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  /** Every wait ends with the call. Timers: an aborted promise costs a stack trace, several per call. */
  const timers: NodeJS.Timeout[] = [];
  let call: Call = { state: 'reserved' };
  const running: RunningCall = {
    terms,
    get call() {
      return call;
    },
    finished: finished.promise,
    open: async () => {
      voice = open();
      await voice;
    },
    dispatch,
    hearTarget: (happened) => transfer?.hear(happened),
    async optOut(how) {
      if (await (await voice)?.optOut(how)) return;
      await agree({ type: 'neverAgain', said: how });
      dispatch({ type: 'hangUp', because: 'dnc' });
    },
  };
  const saving = new Set<Promise<void>>();
  let voice: Promise<VoiceSession | null> | undefined;
  let prepared: Promise<void> | undefined;
  let transfer: RunningTransfer | undefined;

  const later = (ms: number, act: () => void): void => {
    if (call.state !== 'ended') timers.push(setTimeout(act, ms));
  };

  function dispatch(event: CallEvent): void {
    const before = call.state;
    const [next, ...effects] = step(call, event);
    call = next;
    if (call.state !== before) {
      records.onState(call);
      if (call.state === 'dialing') {
        later(terms.ringTimeoutS * 1000 + GRACE_MS, () => {
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
        prepared = prepare();
        await prepared;
        return;
      case 'speak': {
        later(terms.maxCallS * 1000 + GRACE_MS, () => {
          if (call.state !== 'handedOver') dispatch({ type: 'hangUp', because: 'too_long' });
        });
        const session = await voice;
        if (call.state !== 'speaking') return;
        if (session) watchAudio(session);
        await prepared;
        if (!session || (await session.speak())) dispatch({ type: 'greetingHeard' });
        return;
      }
      case 'hearEarly':
        await (await voice)?.hearEarly();
        return;
      case 'leaveMessage': {
        const message = renderTemplate(terms.voicemailMessage, terms.values);
        const spoken = (await (await voice)?.leaveMessage(message)) ?? false;
        dispatch({ type: 'messageLeft', spoken });
        return;
      }
      case 'introduce':
        waitForScreening();
        await (await voice)?.introduce(renderTemplate(terms.greeting, terms.values));
        return;
      case 'listenAnew':
        waitForScreening();
        (await voice)?.listenAnew();
        return;
      case 'listen': {
        const spoke = (await (await voice)?.listen()) ?? false;
        dispatch({ type: 'heardOut', spoke });
        return;
      }
      case 'hangUp':
        return leave();
      case 'finish':
        over.resolve();
        timers.forEach(clearTimeout);
        transfer?.calleeLeft();
        await finish(effect.disposition, effect.trail);
        finished.resolve();
        return;
    }
  }

  function waitForScreening(): void {
    later(LONGEST_SCREENING_MS, () => dispatch({ type: 'screeningOver' }));
  }

  /** Hangs up until the channel is gone: Asterisk may be away for a while, and its event may be lost. */
  async function leave(): Promise<void> {
    while (call.state !== 'ended') {
      const gone = await hangUp(connection(), channelId).then(
        (wasThere) => !wasThere,
        (error: unknown) => {
          log.warn({ err: error }, 'hang-up failed; trying again');
          return false;
        },
      );
      await Promise.race([over.promise, new Promise<void>((resolve) => later(UNCONFIRMED_MS, resolve))]);
      if (gone) dispatch({ type: 'destroyed', at: new Date(), cause: { q850: 0 } });
    }
  }

  function connection(): AriConnection {
    const ari = context.ari();
    if (!ari) throw new Error('There is no connection to Asterisk.');
    return ari;
  }

  function synthesizer(): Synthesizer {
    if (!context.voices) throw new Error('There is a greeting but no engine to speak it.');
    return context.voices.speaker({ voice: terms.voice, rate: terms.speakingRate });
  }

  async function open(): Promise<VoiceSession | null> {
    if (terms.greeting === '') return null;
    return await openVoiceSession(connection(), {
      callId,
      channelId,
      synthesizer: synthesizer(),
      transcriber: terms.inbound ? null : (context.ears?.(terms.language.slice(0, 2)) ?? null),
      thresholds: terms.answerThresholds,
      recordingsFolder: context.recordingsFolder,
      onVerdict(verdict) {
        if (!terms.inbound) dispatch({ type: 'verdict', verdict });
      },
      onLost: () => dispatch({ type: 'hangUp', because: 'failure' }),
      onWordsFailed: (error) => log.warn({ err: error }, 'what answered was not put into words'),
    });
  }

  async function prepare(): Promise<void> {
    const session = await voice;
    const { values: fields } = terms;
    if (!terms.talks) return session?.prepare(renderOpening(terms, fields));
    if (!context.talk) throw new Error('The agent talks but there are no engines for it.');
    const start = conversationOf(context, {
      terms,
      briefing: await records.briefing(),
      fields,
      agree,
      onLine,
      onTurn,
      log,
      talk: context.talk,
      synthesizer: synthesizer(),
    });
    session?.converse(start);
  }

  /** Makes an agreement durable. One that can't be yet is written until it is, before the end of the call is. */
  async function agree(agreement: Agreement): Promise<void> {
    const agreed = (): void => dispatch({ type: 'agreed', on: settled(agreement) });
    if (agreement.type === 'neverAgain') {
      try {
        await records.neverAgain(agreement.said);
      } catch (error) {
        agreed();
        save(persist(async () => records.neverAgain(agreement.said)));
        throw error;
      }
    }
    agreed();
  }

  const onLine: OnLine = {
    record: (result) =>
      save(
        records
          .addField(result)
          .catch((error: unknown) => log.error({ err: error }, 'a field was not saved')),
      ),
    sendDigits(digits) {
      sendDigits(connection(), channelId, { dtmf: digits }).catch((error: unknown) =>
        log.warn({ err: error }, 'keys were not pressed'),
      );
    },
    putThrough: async (target, brief) =>
      new Promise((resolve) => {
        log.info({ target: target.id }, 'the callee is put through');
        transfer = runTransfer({
          db: context.db,
          ari: connection(),
          terms,
          target,
          brief,
          synthesizer: synthesizer(),
          log,
          onTogether() {
            dispatch({ type: 'handOver', to: target.id });
            resolve(true);
          },
          onBack: () => resolve(false),
          onEndCall: () => dispatch({ type: 'hangUp', because: 'done' }),
        });
        save(transfer.over);
      }),
    ignored() {
      log.warn('an action that is not on the lists of the agent was ignored');
      context.onActionIgnored();
    },
  };

  function onTurn(n: number, turn: SpokenTurn): void {
    if (turn.latency) context.onTurnTook(turn.latency.voiceToVoiceMs / 1000);
    save(
      records.addTurn(n, turn).catch((error: unknown) => log.error({ err: error }, 'a turn was not saved')),
    );
  }

  /** The end of the call waits for this. */
  function save(writing: Promise<void>): void {
    saving.add(writing);
    void writing.then(() => saving.delete(writing));
  }

  /** A line that stays without any audio is a fault of the carrier's. */
  function watchAudio(session: VoiceSession): void {
    later(NO_AUDIO_MS, () => {
      if (!session.heardAnything()) dispatch({ type: 'hangUp', because: 'no_audio' });
    });
  }

  async function finish(disposition: Ended['disposition'], trail: Ended['trail']): Promise<void> {
    const recording = await closeVoice();
    await Promise.all(saving);
    await records.onEnded({ disposition, trail, recording });
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

/** What the call keeps of an agreement: not the words. */
function settled(agreement: Agreement): Settled {
  return agreement.type === 'callback' ? agreement : { type: agreement.type };
}

/** Tries again until it is written. */
export async function persist(write: () => Promise<void>): Promise<void> {
  for (let written = false; !written;) {
    await sleep(SAVE_AGAIN_MS);
    written = await write().then(
      () => true,
      () => false,
    );
  }
}
