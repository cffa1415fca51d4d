import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AnswerEvent } from '../../../src/answer/classify.ts';
import type { Transcriber } from '../../../src/conversation/engines.ts';
import { type AnswerWatch, watchAnswer } from '../../../src/engine/answer-watch.ts';

const FRAME_MS = 20;
const RATE = 16_000;

let seed = 1;
/** Noise that swells and ebbs like syllables: a voice to the classifier. */
function voice(atMs: number): Int16Array {
  return Int16Array.from({ length: (FRAME_MS * RATE) / 1000 }, (_, i) => {
    seed = (seed * 16_807) % 2_147_483_647;
    const swell = 0.5 + 0.5 * Math.sin((2 * Math.PI * 4 * (atMs + i / 16)) / 1000);
    return 6000 * swell * ((2 * seed) / 2_147_483_647 - 1);
  });
}
const quiet = (): Int16Array => new Int16Array((FRAME_MS * RATE) / 1000);

const saying = (text: string): Transcriber => ({
  async *transcribe() {
    yield { text, sure: true };
  },
});

let watch: AnswerWatch;
let told: AnswerEvent[];
function begin(transcriber: Transcriber | null): void {
  told = [];
  watch = watchAnswer({
    tell: (event) => told.push(event),
    transcriber,
    thresholds: null,
    onWordsFailed: (error) => {
      throw error;
    },
  });
}
async function hear(ms: number, sound: (atMs: number) => Int16Array): Promise<void> {
  for (let at = 0; at < ms; at += FRAME_MS) {
    watch.push(sound(at));
    await vi.advanceTimersByTimeAsync(FRAME_MS);
  }
}
const verdicts = (): string[] => told.flatMap((event) => (event.type === 'verdict' ? [event.class] : []));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  watch.stop();
  vi.useRealTimers();
});

test('a line without any audio is heard as silence', async () => {
  begin(null);
  watch.answered();
  await vi.advanceTimersByTimeAsync(9000);
  expect(verdicts()).toEqual(['unknown', 'silence']);
});

test('words tell what a voice does not', async () => {
  begin(saying('At the tone, please say your name.'));
  watch.answered();
  await hear(2000, voice);
  await hear(600, quiet);
  expect(verdicts().at(-1)).toBe('call_screening');
});

test('words that are late have been told when all is understood', async () => {
  begin({
    async *transcribe() {
      await new Promise((resolve) => setTimeout(resolve, 5000));
      yield { text: 'At the tone, please say your name.', sure: true };
    },
  });
  watch.answered();
  await hear(2000, voice);
  await hear(600, quiet);
  const atEnd = watch.understood().then(verdicts);
  await vi.advanceTimersByTimeAsync(6000);
  expect((await atEnd).at(-1)).toBe('call_screening');
});

describe('once somebody else may come to the phone', () => {
  test('a short hello is a person, after a pause', async () => {
    begin(saying(''));
    watch.answered();
    watch.joining();
    await hear(1000, quiet);
    await hear(500, voice);
    await hear(1000, quiet);
    expect(told.map((event) => (event.type === 'verdict' ? event.class : event.type))).toEqual([
      'turn',
      'human',
    ]);
  });

  test('a machine that connects us is no person, whatever its voice', async () => {
    begin(saying('Please hold while I attempt to connect you.'));
    watch.answered();
    watch.joining();
    await hear(1000, quiet);
    await hear(1500, voice);
    await hear(1500, quiet);
    expect(verdicts()).toEqual(['call_screening']);
  });
});
