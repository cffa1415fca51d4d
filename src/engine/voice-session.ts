import type { AriConnection } from '../asterisk/connection.ts';
import { openMedia } from '../asterisk/media.ts';
import type { Verdict } from '../call/cause.ts';
import { announcementOver, heardOut } from '../conversation/heard-out.ts';
import type { Synthesizer } from '../conversation/engines.ts';
import type { Recording } from '../db/finish.ts';
import { watchAnswer } from './answer-watch.ts';
import { type Recorder, startRecorder } from './recorder.ts';

/** One call's audio: opened when it is dialed, spoken once it is answered, recorded from then on. */
export interface VoiceSession {
  /** Renders what will be said first, while the phone rings. */
  prepare(greeting: string): void;
  /** Hears what the network plays before the answer. */
  hearEarly(): Promise<void>;
  /** Joins the callee and speaks the greeting; resolves to whether the callee heard it to its end. */
  speak(): Promise<boolean>;
  /** Resolves when the callee has been heard out, to whether they spoke. */
  listen(): Promise<boolean>;
  /** Stops speaking, waits until the machine records, and leaves the message, if there is one to leave. */
  leaveMessage(message: string): Promise<boolean>;
  /** Whether any audio has come from the callee. */
  heardAnything(): boolean;
  /** Releases everything; resolves to the recording, null when nothing was heard. */
  close(): Promise<Recording | null>;
}

/** What one call needs to be heard and spoken to. */
export interface VoiceCall {
  readonly callId: string;
  readonly synthesizer: Synthesizer;
  readonly recordingsFolder: string;
  readonly onVerdict: (verdict: Verdict) => void;
  /** The media leg is gone although nobody closed it. */
  readonly onLost: () => void;
}

/** A machine that neither beeps nor falls silent is not waited for any longer. */
const LONGEST_ANNOUNCEMENT_MS = 40_000;

/** Opens the media leg; throws when it can't be had. */
export async function openVoiceSession(ari: AriConnection, call: VoiceCall): Promise<VoiceSession> {
  const ending = new AbortController();
  const beeped = Promise.withResolvers<void>();
  const answer = watchAnswer((event) => {
    if (event.type === 'verdict') {
      const { type: _told, ...verdict } = event;
      call.onVerdict(verdict);
    }
    if (event.type === 'beep') beeped.resolve();
  });
  let recorder: Recorder | undefined;
  let joined: Promise<void> | undefined;
  let greeting: Promise<Int16Array> | undefined;
  let listener: ((frame: Int16Array) => void) | undefined;
  let frames = 0;

  const onFrame = (frame: Int16Array): void => {
    frames += 1;
    answer.push(frame);
    recorder?.write(frame);
    listener?.(frame);
  };
  const media = await openMedia(ari, { callId: call.callId, onFrame, onEnd: call.onLost });

  const join = async (): Promise<void> => (joined ??= media.join());
  const rendered = async (text: string): Promise<Int16Array> => {
    const pcm = render(call.synthesizer, text, ending.signal);
    // Whoever speaks it hears of a failure; a call that ends before does not mind.
    pcm.catch(() => undefined);
    return pcm;
  };
  const say = async (pcm: Int16Array): Promise<boolean> => {
    media.play(pcm);
    return (await media.mark()) === 'played';
  };

  return {
    prepare(text) {
      greeting = rendered(text);
      greeting.catch(() => undefined);
    },
    hearEarly: join,
    async speak() {
      frames = 0;
      answer.answered();
      recorder = await startRecorder(call.recordingsFolder, call.callId, new Date());
      await join();
      return greeting ? say(await greeting) : false;
    },
    listen: async () =>
      new Promise((resolve) => {
        const stage = heardOut();
        listener = (frame) => {
          for (const heard of stage.push(frame)) resolve(heard === 'spoke');
        };
      }),
    async leaveMessage(text) {
      media.flush();
      if (text === '') return false;
      const message = rendered(text);
      const announcement = announcementOver();
      listener = (frame) => {
        if (announcement.push(frame).length > 0) beeped.resolve();
      };
      const waited = setTimeout(beeped.resolve, LONGEST_ANNOUNCEMENT_MS);
      await beeped.promise;
      clearTimeout(waited);
      return say(await message);
    },
    heardAnything: () => frames > 0,
    async close() {
      ending.abort();
      answer.stop();
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
