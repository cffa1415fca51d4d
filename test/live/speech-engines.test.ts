import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadPrompts } from '../../scripts/bench/prompts.ts';
import { wordErrors } from '../../scripts/bench/word-errors.ts';
import { FRAME_SAMPLES, SPEECH_RATE } from '../../src/audio/format.ts';
import type { Chat, Message, Reply, Tool, Transcriber } from '../../src/conversation/engines.ts';
import { openaiChat } from '../../src/llm/openai.ts';
import { LOCAL_CHAT_MODEL, startLlamaServer, startWhisperServer } from '../../src/native/engines.ts';
import { fetchModel } from '../../src/native/models.ts';
import { preparePiper } from '../../src/native/piper.ts';
import type { Supervised } from '../../src/native/supervise.ts';
import { startPiper } from '../../src/speech/piper.ts';
import { loadSilero } from '../../src/speech/silero.ts';
import { whisper } from '../../src/speech/whisper.ts';

const silent = (): void => undefined;
const log = pino({ level: 'silent' });
const signal = (): AbortSignal => new AbortController().signal;

/** Kills the server's process and resolves when another one answers. */
async function killAndWait(server: Supervised): Promise<void> {
  const { pid = 0 } = server;
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => server.pid !== pid && server.healthy, { timeout: 60_000 }).toBe(true);
}

const isAlive = (pid: number | undefined): boolean => {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('Whisper', () => {
  let server: Supervised;
  let transcriber: Transcriber;
  beforeAll(async () => {
    server = await startWhisperServer(silent, log);
    transcriber = whisper({ url: server.url, language: 'en', settings: 'whisper.cpp' });
  }, 300_000);
  afterAll(() => server.stop());

  const hear = async (samples: Int16Array): Promise<string> =>
    (await Array.fromAsync(transcriber.transcribe(samples, signal()))).at(-1)?.text ?? '';

  test('understands people on the telephone', async () => {
    const prompts = await loadPrompts(12, silent);
    let [errors, words] = [0, 0];
    for (const { text, samples } of prompts) {
      const score = wordErrors(text, await hear(samples));
      errors += score.errors;
      words += score.words;
    }
    expect(errors / words).toBeLessThan(0.15);
  });

  test('understands what Piper says', async () => {
    const piper = await startPiper(await preparePiper(silent), 1);
    const text = 'Hello, this is Anna calling about your appointment tomorrow morning.';
    const chunks = await Array.fromAsync(piper.speak(text, signal()));
    await piper.close();
    const heard = await hear(Int16Array.from(chunks.flatMap((chunk) => Array.from(chunk))));
    expect(wordErrors(text, heard).errors).toBeLessThanOrEqual(1);
  });

  test.each([
    ['silence', () => 0],
    ['a quiet line', (i: number) => Math.round(20 * Math.sin(i * i))],
  ])('hears nothing in %s', async (_name, sample) => {
    expect(await hear(Int16Array.from({ length: 2 * SPEECH_RATE }, (_, i) => sample(i)))).toBe('');
  });

  test('F24: is back after its process is killed, at the same address', async () => {
    const [prompt] = await loadPrompts(1, silent);
    await killAndWait(server);
    expect(await hear(prompt?.samples ?? new Int16Array(0))).not.toBe('');
  });
});

const conversation = (callee: string): Message[] => [
  {
    role: 'instruction',
    text: 'You are Anna, an AI assistant who confirms an appointment on Tuesday at ten. Parking is behind the house.',
  },
  { role: 'agent', text: 'Hello, this is Anna. Does Tuesday at ten still suit you?' },
  { role: 'callee', text: callee },
];
const said = (reply: readonly Reply[]): string =>
  reply
    .map((part) => (part.type === 'say' ? part.text : ''))
    .join('')
    .trim();

describe('the language model', () => {
  let server: Supervised;
  let chat: Chat;
  beforeAll(async () => {
    server = await startLlamaServer(silent, log);
    chat = openaiChat({ url: server.url, model: LOCAL_CHAT_MODEL, key: undefined, tools: 'grammar' });
  }, 600_000);
  afterAll(async () => {
    const { pid } = server;
    await server.stop();
    expect(isAlive(pid)).toBe(false);
  });

  const tools: readonly Tool[] = [
    {
      name: 'schedule_callback',
      description: 'The callee asks to be called at another time.',
      parameters: { properties: { when: { type: 'string' } }, required: ['when'] },
    },
    {
      name: 'note_mood',
      description: 'The callee tells how they feel.',
      parameters: {
        properties: {
          mood: { enum: ['good', 'bad'] },
          degree: { type: 'number' },
          said: { type: 'boolean' },
        },
        required: ['mood', 'degree', 'said'],
      },
    },
  ];
  const answer = (callee: string): Promise<Reply[]> =>
    Array.fromAsync(chat.reply(conversation(callee), tools, signal()));
  test('answers a question in speech, not in JSON', async () => {
    await chat.warm(conversation('').slice(0, 2), tools, signal());
    const text = said(await answer('Where can I park?'));
    // What it says is the model's; that it is speech, and not the form it is held to, is ours.
    expect(text).toMatch(/^[A-Z][^{}"]+[.!?]$/);
    expect(text).not.toMatch(/action/);
  });

  test('uses a tool that it is given', async () => {
    const reply = await answer('I am driving right now. Please call me back tomorrow at three.');
    expect(reply.at(-1)).toEqual({
      type: 'use',
      tool: 'schedule_callback',
      input: { when: expect.stringMatching(/tomorrow/i) },
    });
  });

  test('fills in every kind of value', async () => {
    const reply = await answer(
      'I feel really bad today. Note my mood as bad, degree nine, and that I said so.',
    );
    expect(said(reply)).not.toBe('');
    for (const part of reply.filter(({ type }) => type === 'use')) {
      expect(part).toEqual({
        type: 'use',
        tool: 'note_mood',
        input: {
          mood: expect.stringMatching(/^(good|bad)$/),
          degree: expect.any(Number),
          said: expect.any(Boolean),
        },
      });
    }
  });

  test('F23: is back after its process is killed, at the same address', async () => {
    await killAndWait(server);
    expect(said(await answer('Where can I park?'))).not.toBe('');
  });
});

const silence = new Int16Array(FRAME_SAMPLES);

/** The probabilities of each 20 ms. */
async function watch(samples: Int16Array): Promise<number[]> {
  const detector = (await loadSilero(await fetchModel('silero_vad.onnx', silent))).detector();
  const probabilities: number[] = [];
  for (let at = 0; at + FRAME_SAMPLES <= samples.length; at += FRAME_SAMPLES) {
    probabilities.push(await detector.push(samples.subarray(at, at + FRAME_SAMPLES)));
  }
  return probabilities;
}

describe('the speech detector', () => {
  test('hears many side by side as it hears each alone', async () => {
    const silero = await loadSilero(await fetchModel('silero_vad.onnx', silent));
    const prompts = await loadPrompts(5, silent);
    const alone = await Promise.all(
      prompts.map(async ({ samples }) => watch(samples.subarray(0, SPEECH_RATE))),
    );
    const detectors = prompts.map(() => silero.detector());
    const together: number[][] = prompts.map(() => []);
    for (let at = 0; at + FRAME_SAMPLES <= SPEECH_RATE; at += FRAME_SAMPLES) {
      const heard = await Promise.all(
        detectors.map(async (each, i) =>
          each.push(prompts[i]?.samples.subarray(at, at + FRAME_SAMPLES) ?? silence),
        ),
      );
      for (const [i, probability] of heard.entries()) together[i]?.push(probability);
    }
    for (const [i, probabilities] of together.entries())
      for (const [at, probability] of probabilities.entries())
        expect(probability).toBeCloseTo(alone[i]?.[at] ?? NaN, 4);
  });

  test('sees people speak, and stop', async () => {
    for (const { samples } of await loadPrompts(4, silent)) {
      const withPause = new Int16Array(samples.length + SPEECH_RATE);
      withPause.set(samples);
      const probabilities = await watch(withPause);
      expect(Math.max(...probabilities)).toBeGreaterThan(0.9);
      expect(Math.max(...probabilities.slice(-25))).toBeLessThan(0.1);
    }
  });

  test.each([
    ['silence', () => 0],
    ['hiss', () => Math.round(600 * (Math.random() - 0.5))],
    ['a ringing tone', (i: number) => Math.round(6_000 * Math.sin((i * 2 * Math.PI * 440) / SPEECH_RATE))],
  ])('is not taken in by %s', async (_name, sample) => {
    const probabilities = await watch(Int16Array.from({ length: 2 * SPEECH_RATE }, (_, i) => sample(i)));
    expect(Math.max(...probabilities)).toBeLessThan(0.5);
  });
});
