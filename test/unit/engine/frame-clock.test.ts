import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FRAME_SAMPLES } from '../../../src/audio/format.ts';
import { frameClock } from '../../../src/engine/frame-clock.ts';

const toFake = ['setInterval', 'clearInterval', 'setImmediate', 'clearImmediate', 'performance'] as const;
beforeEach(() => void vi.useFakeTimers({ toFake: [...toFake] }));
afterEach(() => void vi.useRealTimers());

const frameOf = (sample: number): Int16Array => new Int16Array(FRAME_SAMPLES).fill(sample);
const voice = frameOf(5000);
const quiet = frameOf(3);

const wait = async (ms: number): Promise<void> => void (await vi.advanceTimersByTimeAsync(ms));

/** A clock whose far end sends frames of one kind, 20 ms apart; `passed` are the first samples of what is passed on. */
function clocked() {
  const passed: number[] = [];
  const clock = frameClock((frame) => passed.push(frame[0] ?? NaN));
  const send = async (frame: Int16Array, count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      await wait(20);
      clock.push(frame);
    }
  };
  return { clock, passed, send };
}

describe('the clock of frames', () => {
  test('passes on what comes in time, and fills a gap as long as it is', async () => {
    const { passed, send } = clocked();
    await send(voice, 10);
    await wait(400);
    await send(voice, 1);
    expect(passed.length).toBeGreaterThanOrEqual(29);
    expect(passed.length).toBeLessThanOrEqual(31);
    expect(passed.filter((sample) => sample === 0).length).toBeGreaterThanOrEqual(18);
  });

  test('does not fill what has only not been read yet, when we were busy', async () => {
    vi.useRealTimers();
    const { clock, passed } = clocked();
    const line = new MessageChannel();
    const read = new Promise<void>((resolve) => {
      line.port1.on('message', (count: number) => {
        for (let n = 0; n < count; n += 1) clock.push(voice);
        setTimeout(resolve, 0);
      });
    });
    line.port2.postMessage(12);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    await read;
    clock.stop();
    line.port1.close();
    expect(passed).toHaveLength(12);
    expect(passed).not.toContain(0);
  });

  test('makes up for frames that came after all, where nothing is said', async () => {
    const { clock, passed, send } = clocked();
    await send(voice, 10);
    await wait(400);
    for (let late = 0; late < 20; late += 1) clock.push(voice);
    expect(passed.filter((sample) => sample === 5000)).toHaveLength(30);
    await send(quiet, 30);
    expect(passed.length).toBeLessThanOrEqual(63);
    expect(passed.at(-1)).toBe(3);
  });
});
