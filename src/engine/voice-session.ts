import type { AnswerThresholds } from '../answer/classify.ts';
import { SPEECH_RATE } from '../audio/format.ts';
import type { AriConnection } from '../asterisk/connection.ts';
import { openMedia } from '../asterisk/media.ts';
import type { Verdict } from '../call/cause.ts';
import { heardOut } from '../conversation/heard-out.ts';
import type { Synthesizer, Transcriber } from '../conversation/engines.ts';
import type { Recording } from '../db/finish.ts';
import type { Conversation } from './conversation.ts';
import { type FrameClock, frameClock } from './frame-clock.ts';
import { type Line, tapped } from './line.ts';
import { watchAnswer } from './answer-watch.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { turnTaking } from './turn-taking.ts';

/** One call's audio: opened when it is dialed, spoken once it is answered, recorded from then on. */
export interface VoiceSession {
  /** Renders what will be said first, while the phone rings. */
  prepare(greeting: string): void;
  /** The same for an agent that holds a conversation. */
  converse(start: StartTalk): void;
  /** Hears what the network plays before the answer. */
  hearEarly(): Promise<void>;
  /** Joins who is on the phone and speaks the greeting; resolves to whether they heard it to its end, or talked into it. */
  speak(): Promise<boolean>;
  /** Resolves when the callee has been heard out, or all is said, to whether they spoke. */
  listen(): Promise<boolean>;
  /** Puts on record, in a conversation, that the callee wants no more calls, and says so; false without one. */
  optOut(how: string): Promise<boolean>;
  /** Stops speaking, waits until the machine records, and leaves the message, if there is one to leave. */
  leaveMessage(message: string): Promise<boolean>;
  /** Stops speaking, says who calls when it is asked for, and listens who joins. */
  introduce(sentence: string): Promise<void>;
  /** Stops speaking and listens anew who joins. */
  listenAnew(): void;
  /** Whether any audio has come from the callee. */
  heardAnything(): boolean;
  /** Releases everything; resolves to the recording, null when nothing was heard. */
  close(): Promise<Recording | null>;
}

/** Begins a conversation on a line, which tells what it hears. */
export type StartTalk = (line: Line, onWords: (text: string) => void) => Conversation;

/** What one call needs to be heard and spoken to. */
export interface VoiceCall {
  readonly callId: string;
  readonly channelId: string;
  readonly synthesizer: Synthesizer;
  /** Puts what answers into words; null where that can't be had. */
  readonly transcriber: Transcriber | null;
  /** What is taken for a person's voice; null for the classifier's own. */
  readonly thresholds: AnswerThresholds | null;
  readonly recordingsFolder: string;
  readonly onVerdict: (verdict: Verdict) => void;
  /** The media leg is gone although nobody closed it. */
  readonly onLost: () => void;
  readonly onWordsFailed: (error: unknown) => void;
}

/** A machine that neither beeps nor falls silent is not waited for any longer. */
const LONGEST_ANNOUNCEMENT_MS = 40_000;

/** Recorders start a moment after their beep. */
const breath = new Int16Array(0.3 * SPEECH_RATE);

/** Opens the media leg; throws when it can't be had. */
export async function openVoiceSession(ari: AriConnection, call: VoiceCall): Promise<VoiceSession> {
  const ending = new AbortController();
  const turns = turnTaking();
  const answer = watchAnswer({
    tell(event) {
      if (event.type !== 'verdict') return turns.give();
      const { type: _told, ...verdict } = event;
      call.onVerdict(verdict);
    },
    transcriber: call.transcriber,
    thresholds: call.thresholds,
    onWordsFailed: call.onWordsFailed,
  });
  /** Ends what is being waited for when something else is begun. */
  let doing = new AbortController();
  let recorder: Recorder | undefined;
  let joined: Promise<void> | undefined;
  let greeting: Promise<Int16Array> | undefined;
  let listener: ((frame: Int16Array) => void) | undefined;
  let startTalk: StartTalk | undefined;
  let conversation: Conversation | undefined;
  let clock: FrameClock | undefined;
  let frames = 0;

  const onFrame = (frame: Int16Array): void => {
    frames += 1;
    turns.hear(frame);
    answer.push(frame);
    clock?.push(frame);
  };
  const { callId, channelId: joins } = call;
  const media = await openMedia(ari, { callId, joins, onFrame, onEnd: call.onLost });
  const line = tapped(media);
  const hear = (frame: Int16Array): void => {
    recorder?.write(frame, line.next());
    listener?.(frame);
    conversation?.hear(frame);
  };

  const join = async (): Promise<void> => (joined ??= media.join());
  const rendered = async (text: string): Promise<Int16Array> => {
    const pcm = render(call.synthesizer, text, ending.signal);
    // Whoever speaks it hears of a failure; a call that ends before does not mind.
    pcm.catch(() => undefined);
    return pcm;
  };
  const say = async (pcm: Int16Array): Promise<boolean> => {
    line.play(pcm);
    return (await line.mark()) === 'played';
  };
  const converse = (start: StartTalk): void => {
    startTalk = start;
    answer.leaveWords(true);
    conversation = start(line, (text) => answer.words(text));
    conversation.prepare();
  };
  const interrupt = (): AbortSignal => {
    doing.abort();
    doing = new AbortController();
    conversation?.close();
    conversation = undefined;
    listener = undefined;
    answer.leaveWords(false);
    line.flush();
    return doing.signal;
  };
  const sayInTurn = async (text: string): Promise<boolean> => {
    const signal = interrupt();
    if (text === '') return false;
    const pcm = rendered(text);
    pcm.catch(() => undefined);
    if (!(await turns.ours(LONGEST_ANNOUNCEMENT_MS, signal))) return false;
    const samples = await pcm;
    if (signal.aborted) return false;
    line.play(breath);
    return say(samples);
  };

  return {
    prepare(text) {
      greeting = rendered(text);
      greeting.catch(() => undefined);
    },
    converse,
    hearEarly: join,
    async speak() {
      doing.abort();
      frames = 0;
      answer.answered();
      recorder ??= await startRecorder(call.recordingsFolder, callId, new Date());
      clock ??= frameClock(hear);
      await join();
      // Whoever joins after a machine has spoken to nobody yet.
      if (startTalk && !conversation) converse(startTalk);
      if (conversation) {
        await conversation.open();
        return true;
      }
      return greeting ? say(await greeting) : false;
    },
    async listen() {
      const talking = conversation;
      if (talking) {
        await talking.ended;
        return talking.calleeSpoke();
      }
      return new Promise((resolve) => {
        const stage = heardOut();
        listener = (frame) => {
          for (const heard of stage.push(frame)) resolve(heard === 'spoke');
        };
      });
    },
    async optOut(how) {
      await conversation?.optOut(how);
      return conversation !== undefined;
    },
    async leaveMessage(message) {
      const left = await sayInTurn(message);
      // Words that are late may tell that it was no voicemail.
      await answer.understood();
      return left;
    },
    async introduce(sentence) {
      if (await sayInTurn(sentence)) answer.joining();
    },
    listenAnew() {
      interrupt();
      answer.joining();
    },
    heardAnything: () => frames > 0,
    async close() {
      ending.abort();
      answer.stop();
      conversation?.close();
      clock?.stop();
      await media.close();
      return (await recorder?.close()) ?? null;
    },
  };
}

async function render(synthesizer: Synthesizer, text: string, signal: AbortSignal): Promise<Int16Array> {
  const chunks = await Array.fromAsync(synthesizer.speak(text, signal));
  const whole = new Int16Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
