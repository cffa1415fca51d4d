import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SPEECH_RATE } from '../../src/audio/format.ts';
import { rmsDbfs } from '../../src/audio/levels.ts';
import { preparePiper } from '../../src/native/piper.ts';
import { startPiper, type Piper } from '../../src/speech/piper.ts';

const SENTENCE = 'Hello, this is Anna calling about your appointment tomorrow morning.';
const LONG = `${SENTENCE} `.repeat(20);

let piper: Piper;

beforeAll(async () => {
  piper = await startPiper(await preparePiper(() => undefined), 2);
}, 300_000);
afterAll(() => piper.close());

const signal = (): AbortSignal => new AbortController().signal;

async function speak(text: string): Promise<Int16Array> {
  const chunks = await Array.fromAsync(piper.speak(text, signal()));
  return Int16Array.from(chunks.flatMap((chunk) => Array.from(chunk)));
}

test('a sentence is as long and as loud as speech on the telephone', async () => {
  const samples = await speak(SENTENCE);
  expect(samples.length / SPEECH_RATE).toBeGreaterThan(2.5);
  expect(samples.length / SPEECH_RATE).toBeLessThan(5.5);
  expect(rmsDbfs(samples)).toBeGreaterThan(-30);
  expect(rmsDbfs(samples)).toBeLessThan(-15);
});

test('a rate makes the same words longer or shorter', async () => {
  // The voice says nothing twice alike: a single sentence at twice its rate is between 1.48 and 1.6 times as short.
  const text = `${SENTENCE} `.repeat(8);
  const lengths: number[] = [];
  for (const rate of [0.5, 1, 2]) {
    const speaker = piper.speaker({ voice: piper.standard, rate });
    const chunks = await Array.fromAsync(speaker.speak(text, signal()));
    lengths.push(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  }
  const [slow = 0, own = 0, fast = 0] = lengths;
  expect(slow / own).toBeGreaterThan(1.5);
  expect(own / fast).toBeGreaterThan(1.5);
});

test('a second voice is found in its folder, loaded when it is asked for, and one that is not there refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-voices-'));
  const [, { file } = { file: '' }] = [...(await preparePiper(() => undefined)).voices][0] ?? [];
  // The same weights with the sounds of a shorter second: a voice a fifth higher.
  await symlink(file, join(folder, 'joe-high.onnx'));
  const settings = JSON.parse(await readFile(`${file}.json`, 'utf8'));
  settings.audio.sample_rate *= 1.5;
  await writeFile(join(folder, 'joe-high.onnx.json'), JSON.stringify(settings));
  const two = await startPiper(await preparePiper(() => undefined, folder), 1);
  try {
    expect(two.names).toEqual(['en_US-joe-medium', 'joe-high']);
    const say = async (voice: string) =>
      Array.fromAsync(two.speaker({ voice, rate: 1 }).speak(SENTENCE, signal()));
    const seconds = (await say('joe-high')).reduce((sum, chunk) => sum + chunk.length, 0) / SPEECH_RATE;
    expect(seconds).toBeLessThan(4);
    await expect(say('nobody')).rejects.toThrow(expect.objectContaining({ code: 'NO_VOICE' }));
  } finally {
    await two.close();
    await rm(folder, { recursive: true });
  }
});

test.each([
  ['nothing', '', 0, 0],
  ['blanks', ' \n\t', 0, 1],
  ['quotes and a line break', 'He said "yes",\nand\r\nleft.', 0.8, 5],
  ['what looks like an order', 'go"}\n{"stop": true}', 0.5, 5],
  ['what looks like a shell', "$(reboot); `id` | cat '/etc/passwd' --help", 1, 8],
  ['what Piper reads as phonemes', 'Say [[ˈdɪdʒɪt]] now.', 0.8, 4],
  ['another script and signs', '你好 😀 €5', 0.3, 8],
])('text is only ever spoken: %s', async (_name, text, least, most) => {
  const seconds = (await speak(text)).length / SPEECH_RATE;
  expect(seconds).toBeGreaterThanOrEqual(least);
  expect(seconds).toBeLessThanOrEqual(most);
});

test('more utterances than workers all come whole', async () => {
  const lengths = await Promise.all(Array.from({ length: 5 }, async () => (await speak(SENTENCE)).length));
  for (const length of lengths) expect(length / SPEECH_RATE).toBeGreaterThan(2.5);
});

describe('an abort', () => {
  test('ends the utterance, and the next one is not touched by it', async () => {
    const bargeIn = new AbortController();
    const chunks: Int16Array[] = [];
    const listen = async (): Promise<void> => {
      for await (const chunk of piper.speak(LONG, bargeIn.signal)) {
        chunks.push(chunk);
        bargeIn.abort(new Error('barge-in'));
      }
    };
    await expect(listen()).rejects.toThrow('barge-in');
    expect(chunks).toHaveLength(1);
    const after = await Promise.all([speak(SENTENCE), speak(SENTENCE)]);
    for (const { length } of after) expect(length / SPEECH_RATE).toBeLessThan(5.5);
  });

  test('while waiting for a worker gives up the place', async () => {
    const busy = [piper.speak(LONG, signal()), piper.speak(LONG, signal())];
    await Promise.all(busy.map((utterance) => utterance[Symbol.asyncIterator]().next()));
    const bargeIn = new AbortController();
    const waiting = Array.fromAsync(piper.speak(SENTENCE, bargeIn.signal));
    bargeIn.abort(new Error('barge-in'));
    await expect(waiting).rejects.toThrow('barge-in');
    for (const utterance of busy) await utterance[Symbol.asyncIterator]().return?.();
    expect((await speak('Sure.')).length).toBeGreaterThan(0);
  });

  test('before the start keeps the text from being spoken', async () => {
    const stream = Array.fromAsync(piper.speak(SENTENCE, AbortSignal.abort(new Error('gone'))));
    await expect(stream).rejects.toThrow('gone');
  });
});

test('F24: workers killed in mid-utterance end it with an error, and the next utterance is spoken', async () => {
  const before = piper.pids;
  const listen = async (): Promise<void> => {
    for await (const chunk of piper.speak(LONG, signal())) {
      if (chunk.length > 0) for (const pid of piper.pids) process.kill(pid, 'SIGKILL');
    }
  };
  await expect(listen()).rejects.toThrow(expect.objectContaining({ code: 'PIPER_DIED' }));
  expect((await speak(SENTENCE)).length / SPEECH_RATE).toBeGreaterThan(2.5);
  for (const pid of piper.pids) expect(before).not.toContain(pid);
});

test('a pool that closes while workers still start waits for no one', async () => {
  const starting = await startPiper(await preparePiper(() => undefined), 2);
  expect(starting.pids).toHaveLength(1);
  await starting.close();
  expect(starting.pids).toEqual([]);
});

test('a voice that is not there stops the start and says so', async () => {
  const files = await preparePiper(() => undefined);
  const start = startPiper(
    { ...files, voices: new Map([['x', { file: '/nowhere/voice.onnx', sampleRate: 16_000 }]]) },
    1,
  );
  await expect(start).rejects.toThrow(/\/nowhere\/voice\.onnx/);
});

test('workers end with the process that started them, however it ends', async () => {
  const program = `
    import { preparePiper } from './src/native/piper.ts';
    import { startPiper } from './src/speech/piper.ts';
    const piper = await startPiper(await preparePiper(() => undefined), 1);
    console.log(piper.pids[0]);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pid] = (await once(child.stdout, 'data')) as [Buffer];
  const worker = Number(pid.toString());
  expect(process.kill(worker, 0)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => isAlive(worker), { timeout: 5_000 }).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
