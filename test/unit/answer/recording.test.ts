import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeLabelled } from '../../../scripts/answer/labelled.ts';
import { headOf, judge, readHead } from '../../../scripts/answer/recording.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/answer/classify.ts';
import { resampler } from '../../../src/audio/resample.ts';
import { writeWav } from '../../../src/audio/wav.ts';
import { babble, inTurn, noiseOf, tone } from './signals.ts';

const greeting = inTurn(noiseOf(500), babble(2_160), noiseOf(400), tone([1_000], 400, -15), noiseOf(900));

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'carillon-answer-'))));
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const wav = (samples: Int16Array, sampleRate: number, channels = 1): Uint8Array =>
  writeWav({ sampleRate, channels, samples });

const at16kHz = Int16Array.from(resampler(8_000, 16_000).push(greeting)[0] ?? []);
const stereo = Int16Array.from({ length: 2 * greeting.length }, (_, i) =>
  i % 2 === 0 ? 0 : (greeting[i >> 1] ?? 0),
);
const hour = inTurn(greeting, new Int16Array(8_000 * 3_600));

test.each([
  ['8 kHz', wav(greeting, 8_000), 1],
  ['16 kHz', wav(at16kHz, 16_000), 1],
  ['the second channel of a stereo file', wav(stereo, 8_000, 2), 2],
  ['an hour long', wav(hour, 8_000), 1],
])('a voicemail recording is judged: %s', async (name, bytes, channel) => {
  const judged = judge(await readHead(await write(`${name}.wav`, bytes), channel));
  expect(judged.verdicts.at(-1)?.class).toBe('voicemail');
  expect(judged.beeps[0]?.endedMs).toBeCloseTo(3_460, -2);
});

test.each([
  ['empty', new Uint8Array(), 1, 'The file is empty.'],
  ['without samples', wav(new Int16Array(), 8_000), 1, 'The recording holds no audio.'],
  ['not audio', new TextEncoder().encode('Dear customer, please find enclosed'), 1, "can't be read"],
  ['without that channel', wav(greeting, 8_000), 2, 'There is no channel 2'],
])('a file that is %s is refused with a reason', async (name, bytes, channel, reason) => {
  await expect(readHead(await write(`${name}.wav`, bytes), channel)).rejects.toThrow(reason);
});

const asked = async () => [{ atMs: 1_900, text: 'Please say your name and the reason for your call.' }];
test('a labelled call is judged by its sound, and by its words where they are on record', async () => {
  const samples = inTurn(noiseOf(500), babble(900), noiseOf(1_500));
  const call = {
    label: 'call_screening',
    trunk: 'carrier',
    read: async () => headOf(wav(samples, 8_000)),
  } as const;
  const [bySound, byWords] = await Promise.all(
    [call, { ...call, words: asked }].map(async (each) => judgeLabelled([each], () => DEFAULT_THRESHOLDS)),
  );
  expect(bySound?.get('carrier')?.confusion).toEqual({ call_screening: { human: 1 } });
  expect(byWords?.get('carrier')?.confusion).toEqual({ call_screening: { call_screening: 1 } });
});

test('the program prints one JSON line per file, and fails if one fails', async () => {
  const files = [await write('good.wav', wav(greeting, 8_000)), await write('bad.wav', new Uint8Array())];
  const run = promisify(execFile)(process.execPath, ['scripts/answer.ts', '--json', ...files]);
  const { code, stdout } = (await run.catch((error: { code: number; stdout: string }) => error)) as {
    code: number;
    stdout: string;
  };
  const [good, bad] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(code).toBe(1);
  expect(good).toMatchObject({ file: files[0], verdict: 'voicemail', evidence: { because: 'beep' } });
  expect(bad).toEqual({ file: files[1], error: 'The file is empty.' });
});
