import { expect, test } from 'vitest';
import { createLane } from '../../../src/speech/lane.ts';

const never = new AbortController().signal;

test('work waits for its turn, also behind work that fails', async () => {
  const lane = createLane();
  const first = Promise.withResolvers<string>();
  const begun: string[] = [];
  const results = [
    lane(async () => {
      begun.push('first');
      return first.promise;
    }, never),
    lane(async () => {
      begun.push('second');
      return 'done';
    }, never),
  ];
  await new Promise(setImmediate);
  expect(begun).toEqual(['first']);
  first.reject(new Error('it failed'));
  await expect(results[0]).rejects.toThrow('it failed');
  expect(await results[1]).toBe('done');
});

test('work that is given up before its turn is never begun', async () => {
  const lane = createLane();
  const first = Promise.withResolvers<void>();
  const goesOn = new AbortController();
  const busy = lane(async () => first.promise, never);
  const given = lane(async () => expect.unreachable(), goesOn.signal);
  goesOn.abort(new Error('the callee goes on'));
  first.resolve();
  await busy;
  await expect(given).rejects.toThrow('the callee goes on');
  expect(await lane(async () => 'free', never)).toBe('free');
});

test('what has begun ends by itself when it is given up, and the next does not wait for longer', async () => {
  const lane = createLane();
  const first = Promise.withResolvers<void>();
  const goesOn = new AbortController();
  goesOn.signal.addEventListener('abort', () => first.reject(goesOn.signal.reason as Error));
  const given = lane(async () => first.promise, goesOn.signal);
  let begun = false;
  const next = lane(async () => {
    begun = true;
  }, never);
  await new Promise(setImmediate);
  expect(begun).toBe(false);
  goesOn.abort(new Error('the callee goes on'));
  await expect(given).rejects.toThrow('the callee goes on');
  await next;
  expect(begun).toBe(true);
});
