import { describe, expect, test, vi } from 'vitest';
import { turnTaking } from '../../../src/engine/turn-taking.ts';

const loud = new Int16Array(320).fill(8000);
const quiet = new Int16Array(320);
const never = new AbortController().signal;
const LONG_MS = 40_000;

describe('it is our turn', () => {
  test('once it has been given, also before it is asked for', async () => {
    const turns = turnTaking();
    turns.give();
    expect(await turns.ours(LONG_MS, never)).toBe(true);
  });

  test('still after a click', async () => {
    const turns = turnTaking();
    turns.give();
    for (const frame of [loud, loud, quiet]) turns.hear(frame);
    expect(await turns.ours(LONG_MS, never)).toBe(true);
  });

  test('not after the machine has talked again, until it is given anew', async () => {
    const turns = turnTaking();
    turns.give();
    for (let i = 0; i < 10; i += 1) turns.hear(loud);
    const asked = turns.ours(LONG_MS, never);
    expect(await Promise.race([asked, Promise.resolve('waits')])).toBe('waits');
    turns.give();
    expect(await asked).toBe(true);
  });

  test('when a machine neither beeps nor falls silent for too long', async () => {
    vi.useFakeTimers();
    const asked = turnTaking().ours(LONG_MS, never);
    await vi.advanceTimersByTimeAsync(LONG_MS);
    vi.useRealTimers();
    expect(await asked).toBe(true);
  });

  test('never, once the wait is given up', async () => {
    const waiting = new AbortController();
    const asked = turnTaking().ours(LONG_MS, waiting.signal);
    waiting.abort();
    expect(await asked).toBe(false);
  });
});
