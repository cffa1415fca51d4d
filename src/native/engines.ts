/** The local servers that listen and think. */
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import type { Say } from './cache.ts';
import { fetchModel } from './models.ts';
import { preparePiper } from './piper.ts';
import { freePorts } from './ports.ts';
import { ensurePrefix, programOf, type ProgramName } from './prefix.ts';
import { supervise, type Supervised } from './supervise.ts';
import { prepareWhisper } from './whisper.ts';

/** Beyond these, more threads make a model of this size no faster. */
const MOST_THREADS = 8;
const THREADS = String(Math.min(MOST_THREADS, availableParallelism()));

/** Tokens of one conversation with its instructions and knowledge. */
const CONTEXT_TOKENS = 4_096;

/**
 * Threads that wait for one another sleep after a few microseconds of spinning. With a core to each this is about as
 * fast as spinning on; where the calls need the cores, spinning on took llama.cpp from 17 tokens per second to one.
 */
const WAIT = { GOMP_SPINCOUNT: '1000' };

/** Behind the calls themselves: a word may be late, a frame of 20 ms may not. */
const NICE = '5';

/**
 * How many tokens are read in one go: a request that is given up ends after them. With llama.cpp's 2048 a question
 * waited 4 s for a draft that nobody wanted any more, with 32 one; reading is a tenth slower.
 */
const BATCH_TOKENS = '32';

const CHAT_MODEL_FILE = 'qwen2.5-coder-1.5b-instruct-q4_k_m.gguf';

/** What the local language model is called towards an OpenAI client. */
export const LOCAL_CHAT_MODEL = 'qwen2.5-coder-1.5b-instruct';

/** Fetches, converts and installs all that the local engines need, so that none of them has to wait for it. */
export async function prepareEngines(say: Say): Promise<void> {
  await preparePiper(say);
  await prepareWhisper(await ensurePrefix('speech', say), say);
  await fetchModel(CHAT_MODEL_FILE, say);
  await fetchModel('silero_vad.onnx', say);
}

/**
 * Starts whisper.cpp's server with Whisper base, fetching what is missing; its `url` takes OpenAI's transcription
 * requests. Throws with the way to get what can't be had.
 */
export async function startWhisperServer(say: Say, log: Logger): Promise<Supervised> {
  const model = await prepareWhisper(await ensurePrefix('speech', say), say);
  const args = ['--model', model, '--threads', THREADS, '--inference-path', '/v1/audio/transcriptions'];
  return startServer('whisper-server', args, say, log);
}

/** Starts llama.cpp's server with the local language model; its `url` takes OpenAI's chat requests. Throws likewise. */
export async function startLlamaServer(say: Say, log: Logger): Promise<Supervised> {
  const model = await fetchModel(CHAT_MODEL_FILE, say);
  const args = ['--model', model, '--alias', LOCAL_CHAT_MODEL, '--threads', THREADS, '--jinja'];
  const sizes = ['--parallel', '1', '--ctx-size', String(CONTEXT_TOKENS), '--batch-size', BATCH_TOKENS];
  return startServer('llama-server', [...args, ...sizes], say, log);
}

async function startServer(
  name: ProgramName,
  args: readonly string[],
  say: Say,
  log: Logger,
): Promise<Supervised> {
  const program = programOf(await ensurePrefix('speech', say), name);
  const env = { ...program.env, ...WAIT };
  const { http } = await freePorts('http');
  const origin = `http://127.0.0.1:${http}`;
  say(`Starting ${name} …`);
  return supervise(
    {
      name,
      program: { ...program, command: 'nice', args: ['-n', NICE, program.command, ...program.args], env },
      args: [...args, '--host', '127.0.0.1', '--port', String(http)],
      url: `${origin}/v1`,
      healthUrl: `${origin}/health`,
    },
    log,
  );
}
