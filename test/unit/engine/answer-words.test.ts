import { expect, test, vi } from 'vitest';
import type { Transcript } from '../../../src/conversation/engines.ts';
import { type AnswerWords, answerWords } from '../../../src/engine/answer-words.ts';

const SAMPLES_PER_MS = 16;
const FRAME_MS = 20;

/** Words of a transcriber that answers with the length of what it was given, when it is let. */
function listening(): {
  readonly words: AnswerWords;
  readonly told: string[];
  readonly asked: AbortSignal[];
  readonly answer: () => Promise<void>;
  readonly hear: (ms: number, amplitude: number) => void;
} {
  const told: string[] = [];
  const asked: AbortSignal[] = [];
  const pending: (() => void)[] = [];
  const words = answerWords({
    transcriber: {
      async *transcribe(samples, signal): AsyncGenerator<Transcript> {
        asked.push(signal);
        await new Promise<void>((resolve) => pending.push(resolve));
        yield { text: `${samples.length / SAMPLES_PER_MS} ms`, sure: false };
        yield { text: 'a better one', sure: true };
      },
    },
    tell: (text) => told.push(text),
    onFailed: (error) => {
      throw error;
    },
  });
  return {
    words,
    told,
    asked,
    answer: async () => {
      await vi.waitFor(() => expect(pending.length).toBeGreaterThan(0));
      pending.shift()?.();
      await new Promise(setImmediate);
    },
    hear: (ms, amplitude) => {
      const frame = new Int16Array(FRAME_MS * SAMPLES_PER_MS).fill(amplitude);
      for (let at = 0; at < ms; at += FRAME_MS) words.push(frame, true);
    },
  };
}

test('a hello is not worth any words', () => {
  const { asked, hear } = listening();
  hear(1000, 8000);
  hear(5000, 0);
  expect(asked).toEqual([]);
});

test('a sentence is put into words at its pause, and its first guess is told', async () => {
  const { told, answer, hear } = listening();
  hear(2000, 8000);
  hear(300, 0);
  await answer();
  expect(told).toEqual(['2300 ms']);
});

test('whoever talks on and on is put into words meanwhile, with half a second of overlap', async () => {
  const { told, answer, hear } = listening();
  hear(5000, 8000);
  await answer();
  hear(5000, 8000);
  await answer();
  expect(told).toEqual(['5000 ms', '5500 ms']);
});

test('one stretch after the other: none is begun while one is at work', async () => {
  const { asked, answer, hear } = listening();
  hear(5000, 8000);
  hear(5000, 8000);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  expect(asked).toHaveLength(1);
  await answer();
  hear(20, 8000);
  await vi.waitFor(() => expect(asked).toHaveLength(2));
});

test('what was said before a restart is told to nobody', async () => {
  const { words, told, asked, answer, hear } = listening();
  hear(5000, 8000);
  words.restart();
  await answer();
  expect(told).toEqual([]);
  expect(asked[0]?.aborted).toBe(true);
});

test('what was only kept is put into words as soon as nobody else does', async () => {
  const { words, told, asked, answer, hear } = listening();
  words.hold(true);
  hear(3000, 8000);
  hear(1000, 0);
  expect(asked).toEqual([]);
  words.hold(false);
  hear(20, 0);
  await answer();
  expect(told).toEqual(['4020 ms']);
});

const RATE = 16_000;
const sines =
  (...hz: readonly number[]) =>
  (at: number): number =>
    3000 * hz.reduce((sum, each) => sum + Math.sin((2 * Math.PI * each * at) / RATE), 0);
const syllables = (at: number): number =>
  sines(200, 900)(at) * (0.5 + 0.5 * Math.sin((2 * Math.PI * 4 * at) / RATE)) ** 2;

test.each([
  ['the British ringing tone', sines(400, 450), 0],
  ['the North American ringing tone', sines(440, 480), 0],
  ['the German ringing tone', sines(425), 0],
  ['an announcement, three times', syllables, 3],
])('before the answer, %s is worth so many words', async (_name, wave, times) => {
  const { words, asked, answer } = listening();
  for (let stretch = 0; stretch < 5; stretch += 1) {
    for (let at = 0; at < 4 * RATE; at += 320) {
      const isOn = at < 3 * RATE;
      words.push(
        Int16Array.from({ length: 320 }, (_, i) => (isOn ? wave(at + i) : 0)),
        false,
      );
    }
    if (asked.length > stretch) await answer();
  }
  expect(asked).toHaveLength(times);
});
