import { once } from 'node:events';
import { expect, test } from 'vitest';
import { readWav } from '../../../src/audio/wav.ts';
import type { Transcript } from '../../../src/conversation/engines.ts';
import { whisper, type WhisperServer } from '../../../src/speech/whisper.ts';
import { withHttpServer } from '../../support/http-server.ts';

type Answer = { status?: number; text?: string; segments?: readonly object[] } | 'never';

interface Asked {
  readonly samples: Int16Array;
  readonly settings: WhisperServer['settings'];
  readonly signal: AbortSignal;
}

const never = new AbortController().signal;
const speech = Int16Array.from({ length: 2 * 16_000 }, (_, i) => Math.round(4_000 * Math.sin(i / 3)));

/** Transcribes with a server that gives these answers in turn; returns the transcripts and the forms it was sent. */
async function transcribe(
  answers: readonly Answer[],
  { samples = speech, settings = 'whisper.cpp', signal = never }: Partial<Asked> = {},
): Promise<{ transcripts: Transcript[]; forms: FormData[]; hungUp: number }> {
  const forms: FormData[] = [];
  let hungUp = 0;
  const transcripts = await withHttpServer(
    (request, response) => {
      void (async () => {
        const body = await new Response(request, {
          headers: { 'content-type': request.headers['content-type'] ?? '' },
        }).formData();
        const answer = answers[forms.length] ?? 'never';
        forms.push(body);
        if (answer === 'never') {
          await once(response, 'close');
          hungUp += 1;
        } else {
          response.writeHead(answer.status ?? 200).end(JSON.stringify(answer));
        }
      })();
    },
    (origin) =>
      Array.fromAsync(whisper({ url: `${origin}/v1`, language: 'en', settings }).transcribe(samples, signal)),
  );
  return { transcripts, forms, hungUp };
}

const heard = (text: string, logprob = -0.1): Answer => ({
  text,
  segments: [{ text, avg_logprob: logprob }],
});
const contexts = (forms: readonly FormData[]): unknown[] => forms.map((form) => form.get('audio_ctx'));

test('a fast pass that is sure is all there is', async () => {
  const { transcripts, forms } = await transcribe([heard(' Yes, that works.')]);
  expect(transcripts).toEqual([{ text: 'Yes, that works.', sure: true }]);
  expect(Object.fromEntries([...(forms[0] ?? [])].filter(([name]) => name !== 'file'))).toEqual({
    model: 'whisper-1',
    language: 'en',
    temperature: '0',
    temperature_inc: '0',
    max_context: '0',
    no_language_probabilities: 'true',
    response_format: 'verbose_json',
    audio_ctx: '256',
  });
});

test.each([
  ['repeats itself', heard(' I am here.'.repeat(9)), 'I am here.'],
  ['is unsure', heard(' I am hair.', -0.9), 'I am hair.'],
  ['says more than fits', heard('many different words '.repeat(2) + 'x'.repeat(60)), /^many different words/],
])('a fast pass that %s is followed by a sure one', async (_name, fast, first) => {
  const { transcripts, forms } = await transcribe([fast, heard(' I am here.', -0.9)]);
  expect(transcripts).toEqual([
    { text: typeof first === 'string' ? first : expect.stringMatching(first), sure: false },
    { text: 'I am here.', sure: true },
  ]);
  expect(contexts(forms)).toEqual(['256', '512']);
});

test('a fast pass that takes too long is given up, and its connection closed', async () => {
  const { transcripts, forms } = await transcribe(['never', heard(' I am here.')]);
  expect(transcripts).toEqual([{ text: 'I am here.', sure: true }]);
  expect(contexts(forms)).toEqual(['256', '512']);
});

test.each([
  [0.2, '256', 1.2],
  [4, '256', 4],
  [5, '320', 5],
  [12, '768', 12],
  [40, '1500', 40],
])('%f s of audio take an audio context of %s and are sent as %f s', async (seconds, context, sent) => {
  const { forms } = await transcribe([heard(' Yes.')], {
    samples: new Int16Array(seconds * 16_000),
  });
  expect(contexts(forms)).toEqual([context]);
  const file = forms[0]?.get('file') as File;
  const { sampleRate, samples } = readWav(await file.bytes());
  expect(samples.length / sampleRate).toBe(sent);
});

test('an abort closes the connection', async () => {
  const bargeIn = new AbortController();
  const closed = Promise.withResolvers<void>();
  await withHttpServer(
    (_request, response) => {
      response.on('close', () => closed.resolve());
      bargeIn.abort(new Error('the callee goes on'));
    },
    async (origin) => {
      const stream = whisper({ url: origin, language: 'en', settings: 'whisper.cpp' }).transcribe(
        speech,
        bargeIn.signal,
      );
      await expect(Array.fromAsync(stream)).rejects.toThrow('the callee goes on');
      await closed.promise;
    },
  );
});

test('another server is asked once, without the settings it does not know', async () => {
  const { transcripts, forms } = await transcribe([heard(' I am hair.', -0.9)], { settings: 'plain' });
  expect(transcripts).toEqual([{ text: 'I am hair.', sure: true }]);
  expect([...(forms[0]?.keys() ?? [])].toSorted()).toEqual([
    'file',
    'language',
    'model',
    'response_format',
    'temperature',
  ]);
});

test('a server that gives no segments is heard too', async () => {
  const { transcripts } = await transcribe([{ text: 'I am here.' }], { settings: 'plain' });
  expect(transcripts).toEqual([{ text: 'I am here.', sure: true }]);
});

test.each([
  ['an error', { status: 500 }],
  ['garbage', {}],
] as const)('%s is an error with a code', async (_name, answer) => {
  await expect(transcribe([answer])).rejects.toThrow(expect.objectContaining({ code: 'WHISPER_FAILED' }));
});

test('a server that is not there is an error with a code', async () => {
  const stream = whisper({ url: 'http://127.0.0.1:9/v1', language: 'en', settings: 'plain' }).transcribe(
    speech,
    never,
  );
  await expect(Array.fromAsync(stream)).rejects.toThrow(expect.objectContaining({ code: 'WHISPER_FAILED' }));
});
