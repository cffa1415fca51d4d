import { expect, test } from 'vitest';
import { spareTime } from '../../../src/engine/spare-time.ts';

const never = new AbortController().signal;

/** Work that is under way until the test ends it, or its signal does. */
function work() {
  const runs: PromiseWithResolvers<string>[] = [];
  const begun: (() => void)[] = [];
  return {
    runs,
    begins: async (times: number) =>
      new Promise<void>((resolve) => (runs.length >= times ? resolve() : (begun[times] = resolve))),
    run: async (signal: AbortSignal) => {
      const run = Promise.withResolvers<string>();
      signal.addEventListener('abort', () => run.reject(signal.reason));
      begun[runs.push(run)]?.();
      return run.promise;
    },
  };
}

test('work is done at once when no conversation is on', async () => {
  expect(await spareTime().use(async () => 'done', never)).toBe('done');
});

test('it waits until the last conversation is over', async () => {
  const spare = spareTime();
  const { run, runs, begins } = work();
  const first = spare.take();
  const second = spare.take();
  const result = spare.use(run, never);
  first();
  first();
  await Promise.resolve();
  expect(runs).toHaveLength(0);
  second();
  await begins(1);
  runs[0]?.resolve('done');
  expect(await result).toBe('done');
});

test('a conversation interrupts it, and it is done anew after it', async () => {
  const spare = spareTime();
  const { run, runs, begins } = work();
  const result = spare.use(run, never);
  await begins(1);
  const over = spare.take();
  await expect(runs[0]?.promise).rejects.toThrow();
  expect(runs).toHaveLength(1);
  over();
  await begins(2);
  runs[1]?.resolve('done');
  expect(await result).toBe('done');
});

test('its own error is passed on', async () => {
  const failing = spareTime().use(async () => Promise.reject(new Error('HTTP 500')), never);
  await expect(failing).rejects.toThrow('HTTP 500');
});

test.each([true, false])('an end ends it, waiting for a conversation: %s', async (waiting) => {
  const spare = spareTime();
  const { run, begins } = work();
  const ending = new AbortController();
  if (waiting) spare.take();
  const result = spare.use(run, ending.signal);
  if (!waiting) await begins(1);
  ending.abort(new Error('The service stops.'));
  await expect(result).rejects.toThrow('The service stops.');
});
