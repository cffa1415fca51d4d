import type { RequestListener } from 'node:http';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { startEngines } from '../../src/engines.ts';
import { withHttpServer } from '../support/http-server.ts';

const never = new AbortController().signal;
const tools = { say: () => undefined, log: pino({ level: 'silent' }) };

afterEach(() => vi.unstubAllEnvs());

/** One server that does all that OpenAI's does, and notes what it is asked for. */
const anyEngine =
  (asked: string[]): RequestListener =>
  (request, response) => {
    asked.push(request.url ?? '');
    request.resume();
    if (request.url?.endsWith('/audio/speech')) response.end(new Uint8Array(960));
    else if (request.url?.endsWith('/audio/transcriptions')) response.end('{"text":"Hello."}');
    else response.end('data: {"choices":[{"index":0,"delta":{"content":"Hello."}}]}\n\ndata: [DONE]\n\n');
  };

test('servers named in the configuration take the place of the local engines', async () => {
  const asked: string[] = [];
  await withHttpServer(anyEngine(asked), async (origin) => {
    const config = readConfig({
      CARILLON_TTS_URL: `${origin}/tts/v1`,
      CARILLON_STT_URL: `${origin}/stt/v1`,
      CARILLON_LLM_URL: `${origin}/llm/v1`,
      CARILLON_LLM_MODEL: 'any',
    });
    const { voice, ears, head, turns } = await startEngines(config, tools);
    expect([voice, ears, head, turns].map((part) => part.problem())).toEqual([null, null, null, null]);
    const speaker = voice.engine?.speaker({ voice: 'alloy', rate: 1 });
    await Array.fromAsync(speaker?.speak('Hello.', never) ?? []);
    const heard = await Array.fromAsync(ears.engine?.('en').transcribe(new Int16Array(16_000), never) ?? []);
    expect(heard).toEqual([{ text: 'Hello.', sure: true }]);
    const said = await Array.fromAsync(
      head.engine?.reply([{ role: 'callee', text: 'Hello?' }], [], never) ?? [],
    );
    expect(said).toEqual([{ type: 'say', text: 'Hello.' }]);
    expect(await turns.engine?.().push(new Int16Array(320))).toBe(0);
    expect(asked).toEqual([
      '/tts/v1/audio/speech',
      '/stt/v1/audio/transcriptions',
      '/llm/v1/chat/completions',
    ]);
    for (const part of [voice, ears, head, turns]) await part.stop();
  });
});

test('an engine that can not be had is named with the way to get it, and the others work', async () => {
  vi.stubEnv('PATH', '/nowhere');
  await withHttpServer(anyEngine([]), async (origin) => {
    const config = readConfig({
      CARILLON_STT_URL: `${origin}/v1`,
      CARILLON_LLM_URL: `${origin}/v1`,
      CARILLON_LLM_MODEL: 'any',
    });
    const { voice, ears, head, turns } = await startEngines(config, tools);
    expect(voice.engine).toBeNull();
    expect(voice.problem()).toEqual({
      problem: expect.stringContaining('Piper needs Python 3.9'),
      remedy: expect.stringContaining('CARILLON_TTS_URL'),
    });
    for (const part of [ears, head, turns]) expect(part.problem()).toBeNull();
  });
});
