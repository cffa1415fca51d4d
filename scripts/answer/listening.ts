/** The words of a recording as a live call would have them. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SPEECH_RATE } from '../../src/audio/format.ts';
import { resampler } from '../../src/audio/resample.ts';
import type { Transcriber } from '../../src/conversation/engines.ts';
import { cacheFolder } from '../../src/native/cache.ts';
import { whisper } from '../../src/speech/whisper.ts';
import { answerWords } from '../../src/engine/answer-words.ts';
import type { HeardWords } from './recording.ts';

const LINE_RATE = 8_000;
const FRAME_MS = 20;
const HORIZON_MS = 10_000;

/** What Whisper base takes for such an utterance on two cores, others being served too. */
const RECOGNITION_MS = 500;

/** What decides which words are found; a change of one asks Whisper anew. */
const LISTENERS = ['answer/listening', '../src/engine/answer-words', '../src/speech/whisper'];

/** The words of 8 kHz PCM by the local Whisper at `url`, kept on disk: a second run is quick, and finds the same. */
export async function keptWordsOf(
  samples: Int16Array,
  { url, language }: { readonly url: string; readonly language: string },
): Promise<HeardWords[]> {
  const hash = createHash('sha256')
    .update(await listeners())
    .update(language)
    .update(samples)
    .digest('hex');
  const kept = join(cacheFolder(), 'answer', 'words', hash.slice(0, 2), `${hash.slice(2, 18)}.json`);
  if (existsSync(kept)) return JSON.parse(await readFile(kept, 'utf8')) as HeardWords[];
  const { words, complete } = await wordsOf(samples, whisper({ url, language, settings: 'whisper.cpp' }));
  if (!complete) return words;
  await mkdir(dirname(kept), { recursive: true });
  await writeFile(`${kept}.draft`, JSON.stringify(words));
  await rename(`${kept}.draft`, kept);
  return words;
}

let reading: Promise<string> | undefined;
const listeners = async (): Promise<string> =>
  (reading ??= Promise.all(
    LISTENERS.map(async (name) => readFile(new URL(`../${name}.ts`, import.meta.url), 'utf8')),
  ).then((texts) => texts.join('')));

/**
 * Has the first ten seconds of 8 kHz PCM put into words, each known when it would be: on the clock of the audio.
 * What Whisper fails at, being too slow on a busy machine, is not complete; a call goes on without it.
 */
async function wordsOf(
  samples: Int16Array,
  transcriber: Transcriber,
): Promise<{ readonly words: HeardWords[]; readonly complete: boolean }> {
  const toSpeech = resampler(LINE_RATE, SPEECH_RATE);
  const words: HeardWords[] = [];
  let nowMs = 0;
  let complete = true;
  let working = null as { readonly dueMs: number; readonly release: () => void } | null;
  const stage = answerWords({
    transcriber: {
      async *transcribe(pcm, signal) {
        const due = Promise.withResolvers<void>();
        working = { dueMs: nowMs + RECOGNITION_MS, release: due.resolve };
        for await (const transcript of transcriber.transcribe(pcm, signal)) {
          await due.promise;
          yield transcript;
        }
      },
    },
    tell: (text) => words.push({ atMs: nowMs, text }),
    onFailed: (error) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'WHISPER_SLOW')) throw error;
      complete = false;
    },
  });
  const known = async (): Promise<void> => {
    working?.release();
    working = null;
    await stage.idle();
  };
  for (; nowMs < Math.min(samples.length / 8, HORIZON_MS); nowMs += FRAME_MS) {
    if (working !== null && nowMs >= working.dueMs) await known();
    for (const pcm of toSpeech.push(samples.subarray(nowMs * 8, (nowMs + FRAME_MS) * 8)))
      stage.push(pcm, true);
  }
  nowMs = working?.dueMs ?? nowMs;
  await known();
  return { words, complete };
}
