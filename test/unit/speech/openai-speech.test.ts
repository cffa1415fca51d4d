import { json } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openaiSpeech } from '../../../src/speech/openai-speech.ts';
import { withHttpServer } from '../../support/http-server.ts';

const alloy = { voice: 'alloy', rate: 1.25 };
const never = new AbortController().signal;
const tone = Int16Array.from({ length: 24_000 }, (_, i) =>
  Math.round(8_000 * Math.sin((i * 2 * Math.PI * 440) / 24_000)),
);

test('asks for PCM and gives it at 16 kHz, wherever the stream is cut', async () => {
  let asked: unknown;
  const bytes = new Uint8Array(tone.buffer);
  const chunks = await withHttpServer(
    (request, response) => {
      void (async () => {
        asked = await json(request);
        for (let at = 0; at < bytes.length; at += 1_001) response.write(bytes.subarray(at, at + 1_001));
        response.end();
      })();
    },
    (origin) => Array.fromAsync(openaiSpeech(`${origin}/v1`).speaker(alloy).speak('Hello.', never)),
  );
  expect(asked).toMatchObject({ input: 'Hello.', voice: 'alloy', speed: 1.25, response_format: 'pcm' });
  const samples = chunks.flatMap((chunk) => Array.from(chunk));
  expect(samples).toHaveLength(16_000);
  const expected = samples.map((_, i) => 8_000 * Math.sin((i * 2 * Math.PI * 440) / 16_000));
  for (let i = 500; i < 15_500; i += 1)
    expect(Math.abs((samples[i] ?? 0) - (expected[i] ?? 0))).toBeLessThan(20);
});

test.each([
  ['an error', 500, 'application/json', '{}'],
  ['a wrong address', 404, 'text/plain', 'Not found'],
  ['a page in place of audio', 200, 'text/html; charset=utf-8', '<html>Welcome!</html>'],
  ['a message in place of audio', 200, 'application/problem+json', '{"title":"Out of memory"}'],
  ['no audio at all', 200, 'audio/pcm', ''],
])('F24: %s has a code', (_name, status, type, body) =>
  withHttpServer(
    (_request, response) => response.writeHead(status, { 'content-type': type }).end(body),
    async (origin) => {
      const speech = Array.fromAsync(openaiSpeech(origin).speaker(alloy).speak('Hello.', never));
      await expect(speech).rejects.toThrow(expect.objectContaining({ code: 'SPEECH_FAILED' }));
    },
  ),
);

test('an abort closes the connection', async () => {
  const bargeIn = new AbortController();
  const closed = Promise.withResolvers<void>();
  await withHttpServer(
    (_request, response) => {
      response.on('close', () => closed.resolve());
      response.write(new Uint8Array(tone.buffer));
    },
    async (origin) => {
      const listen = async (): Promise<void> => {
        for await (const chunk of openaiSpeech(origin).speaker(alloy).speak('Hello.', bargeIn.signal)) {
          expect(chunk.length).toBeGreaterThan(0);
          bargeIn.abort(new Error('barge-in'));
        }
      };
      await expect(listen()).rejects.toThrow('barge-in');
      await closed.promise;
    },
  );
});
