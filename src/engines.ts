/** The engines of a conversation: local ones, or the servers that the configuration names in their place. */
import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import type { Chat, Reader, SpeechDetector, Transcriber, Voices } from './conversation/engines.ts';
import { openaiChat } from './llm/openai.ts';
import type { Say } from './native/cache.ts';
import { LOCAL_CHAT_MODEL, startLlamaServer, startWhisperServer } from './native/engines.ts';
import { fetchModel } from './native/models.ts';
import { preparePiper } from './native/piper.ts';
import type { Supervised } from './native/supervise.ts';
import { openaiSpeech } from './speech/openai-speech.ts';
import { startPiper } from './speech/piper.ts';
import { remembering } from './speech/remembering.ts';
import { loadSilero } from './speech/silero.ts';
import { createLane } from './speech/lane.ts';
import { whisper } from './speech/whisper.ts';

/** Something that a conversation needs; `engine` is null where it can't be had or is not wanted. */
export interface Part<E> {
  readonly engine: E | null;
  /** What keeps it from working now, or null, with what to do about it. */
  readonly problem: () => { readonly problem: string; readonly remedy: string } | null;
  readonly stop: () => Promise<void>;
}

/** All that a conversation needs. */
export interface Engines {
  readonly voice: Part<Voices>;
  /** Listens to a language, two letters such as `en`. */
  readonly ears: Part<(language: string) => Transcriber>;
  readonly head: Part<Chat & Reader>;
  /** Follows one call. */
  readonly turns: Part<() => SpeechDetector>;
}

const PIPER_WORKERS = 2;

/** Ten minutes of what was said before, 19 MB. */
const REMEMBERED_SAMPLES = 10 * 60 * 16_000;

type Started<E> = {
  readonly engine: E;
  readonly server?: Supervised;
  readonly stop?: () => Promise<void>;
};

/** Starts the wanted engines side by side. One that can't be had keeps none of the others from working. */
export async function startEngines(
  config: Config,
  { say, log }: { say: Say; log: Logger },
): Promise<Engines> {
  const forTalk = { log, wanted: config.talk };
  const [voice, ears, head, turns] = await Promise.all([
    part('CARILLON_TTS_URL', { log, wanted: true }, async (): Promise<Started<Voices>> => {
      if (config.ttsUrl) return { engine: remembering(openaiSpeech(config.ttsUrl), REMEMBERED_SAMPLES) };
      const piper = await startPiper(await preparePiper(say, config.voicesDir), PIPER_WORKERS);
      return { engine: remembering(piper, REMEMBERED_SAMPLES), stop: () => piper.close() };
    }),
    part('CARILLON_STT_URL', forTalk, async (): Promise<Started<(language: string) => Transcriber>> => {
      const { sttUrl } = config;
      if (sttUrl) return { engine: (language) => whisper({ url: sttUrl, language, settings: 'plain' }) };
      const server = await startWhisperServer(say, log);
      const local = { url: server.url, settings: 'whisper.cpp', lane: createLane() } as const;
      return { engine: (language) => whisper({ ...local, language }), server };
    }),
    part('CARILLON_LLM_URL', forTalk, async (): Promise<Started<Chat & Reader>> => {
      if (config.llm) return { engine: openaiChat({ ...config.llm, key: config.llm.key, tools: 'native' }) };
      const server = await startLlamaServer(say, log);
      const chat = { url: server.url, model: LOCAL_CHAT_MODEL, key: undefined, tools: 'grammar' } as const;
      return { engine: openaiChat(chat), server };
    }),
    part('CARILLON_MODEL_MIRROR', forTalk, async (): Promise<Started<() => SpeechDetector>> => {
      const silero = await loadSilero(await fetchModel('silero_vad.onnx', say));
      return { engine: () => silero.detector() };
    }),
  ]);
  return { voice, ears, head, turns };
}

async function part<E>(
  variable: string,
  { log, wanted }: { log: Logger; wanted: boolean },
  start: () => Promise<Started<E>>,
): Promise<Part<E>> {
  if (!wanted) return { engine: null, problem: () => null, stop: () => Promise.resolve() };
  try {
    const { engine, server, stop } = await start();
    const remedy = 'It is being started again; the log says why it ended.';
    return {
      engine,
      problem: () =>
        server && !server.healthy ? { problem: `${server.url} does not answer`, remedy } : null,
      stop: async () => {
        await stop?.();
        await server?.stop();
      },
    };
  } catch (error) {
    log.error({ err: error, variable }, 'an engine is missing');
    const missing = {
      problem: error instanceof Error ? error.message : String(error),
      remedy: `npm run models -- fetch, or set ${variable}`,
    };
    return { engine: null, problem: () => missing, stop: () => Promise.resolve() };
  }
}
