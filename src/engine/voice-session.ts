import { openMedia } from '../asterisk/media.ts';
import type { AriConnection } from '../asterisk/connection.ts';
import { heardOut } from '../conversation/heard-out.ts';
import type { Synthesizer } from '../conversation/engines.ts';
import type { Recording } from '../db/finish.ts';
import { type Recorder, startRecorder } from './recorder.ts';

/** One call's audio: opened while the phone rings, spoken once it is answered, recorded all along. */
export interface VoiceSession {
  /** Joins the callee and speaks the greeting; resolves to whether the callee heard it to its end. */
  speak(): Promise<boolean>;
  /** Resolves when the callee has been heard out. */
  listen(): Promise<void>;
  /** Milliseconds since the callee's last audio; counted from the answer while there was none. */
  silentMs(): number;
  /** Releases everything; resolves to the recording, null when nothing was heard. */
  close(): Promise<Recording | null>;
}

/** Opens the media leg and renders the greeting side by side; throws when either can't be had. */
export async function openVoiceSession(
  ari: AriConnection,
  call: {
    callId: string;
    greeting: string;
    synthesizer: Synthesizer;
    recordingsFolder: string;
    at: Date;
    /** The media leg is gone although nobody closed it. */
    onLost: () => void;
  },
): Promise<VoiceSession> {
  const ending = new AbortController();
  let recorder: Recorder | undefined;
  let listener: { readonly stage: ReturnType<typeof heardOut>; readonly done: () => void } | undefined;
  let lastFrameAt = performance.now();
  const onFrame = (frame: Int16Array): void => {
    lastFrameAt = performance.now();
    recorder?.write(frame);
    if (listener && listener.stage.push(frame).length > 0) listener.done();
  };
  const opening = openMedia(ari, { callId: call.callId, onFrame, onEnd: call.onLost });
  const rendering = render(call.synthesizer, call.greeting, ending.signal);
  rendering.catch(() => undefined);
  const media = await opening;
  const greeting = await rendering.catch(async (error: unknown) => {
    await media.close();
    throw error;
  });
  return {
    async speak() {
      lastFrameAt = performance.now();
      recorder = await startRecorder(call.recordingsFolder, call.callId, call.at);
      await media.join();
      media.play(greeting);
      return (await media.mark()) === 'played';
    },
    listen: () =>
      new Promise((resolve) => {
        listener = { stage: heardOut(), done: resolve };
      }),
    silentMs: () => performance.now() - lastFrameAt,
    async close() {
      ending.abort();
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
