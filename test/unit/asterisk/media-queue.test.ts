import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mediaQueue, type MediaMessage } from '../../../src/asterisk/media-queue.ts';

const FRAME = 4;
const frames = (count: number, value = 1): Uint8Array => new Uint8Array(count * FRAME).fill(value);

/** Messages in short: `3x1` is three frames that begin with 1. */
function short(messages: readonly MediaMessage[]): readonly string[] {
  return messages.map((message) => {
    if (message instanceof Uint8Array) return `${message.length / FRAME}x${message[0]}`;
    return message.command === 'FLUSH_MEDIA' ? 'flush' : message.correlation_id;
  });
}

test('silence keeps the line alive from the start, ahead of the clock, and never more than that', () => {
  const queue = mediaQueue(FRAME, 1000);
  expect(short(queue.keepAlive(1000))).toEqual(['20x0']);
  expect(short(queue.keepAlive(1000))).toEqual([]);
  expect(short(queue.keepAlive(1200))).toEqual(['10x0']);
  expect(short(queue.keepAlive(1219))).toEqual(['1x0']);
});

test('speech does not wait behind the silence', () => {
  const queue = mediaQueue(FRAME, 0);
  queue.keepAlive(0);
  expect(short(queue.play(frames(2)))).toEqual(['flush', '2x1', 'heard-1']);
  expect(short(queue.play(frames(1, 2)))).toEqual(['1x2', 'heard-2']);
  expect(short(queue.keepAlive(500))).toEqual([]);
});

test('silence comes back when the last piece is heard, not before', () => {
  const queue = mediaQueue(FRAME, 0);
  queue.play(frames(2));
  queue.play(frames(2));
  expect(short(queue.processed('heard-1', 10))).toEqual([]);
  expect(queue.isIdle()).toBe(false);
  expect(short(queue.processed('heard-2', 80))).toEqual(['20x0']);
  expect(queue.isIdle()).toBe(true);
});

test('an incomplete frame waits for the rest of it', () => {
  const queue = mediaQueue(FRAME, 0);
  expect(short(queue.play(new Uint8Array([1, 1, 1])))).toEqual([]);
  expect(queue.play(new Uint8Array([2, 3, 3]))[1]).toEqual(new Uint8Array([1, 1, 1, 2]));
});

test.each([
  ['a mark', (queue: ReturnType<typeof mediaQueue>) => queue.mark('m')],
  ['the end of what was played', (queue: ReturnType<typeof mediaQueue>) => queue.processed('heard-1', 0)],
])('it is filled up at %s', (_name, end) => {
  const queue = mediaQueue(FRAME, 0);
  queue.play(new Uint8Array([1, 1, 1, 1, 5]));
  expect(end(queue)[0]).toEqual(new Uint8Array([5, 0, 0, 0]));
});

test('long audio goes out in pieces, and the next follows when one is heard', () => {
  const queue = mediaQueue(FRAME, 0);
  const sent = short(queue.play(frames(400)));
  expect(sent.filter((item) => item === '50x1')).toHaveLength(5);
  expect(short(queue.mark('end'))).toEqual([]);
  expect(short(queue.processed('heard-1', 0))).toEqual(['50x1', 'heard-6']);
  expect(short(queue.processed('heard-2', 0))).toEqual(['50x1', 'heard-7']);
  expect(short(queue.processed('heard-3', 0))).toEqual(['50x1', 'heard-8']);
  expect(short(queue.processed('heard-4', 0))).toEqual(['end']);
});

test('a flush forgets what waits; a mark that was on its way back means nothing', () => {
  const queue = mediaQueue(FRAME, 0);
  queue.play(frames(400));
  expect(short(queue.flush(0))).toEqual(['flush', '20x0']);
  expect(short(queue.play(frames(1)))).toEqual(['flush', '1x1', 'heard-6']);
  expect(short(queue.processed('heard-2', 10))).toEqual([]);
  expect(queue.isIdle()).toBe(false);
});

test('XOFF holds everything back, XON lets it go', () => {
  const queue = mediaQueue(FRAME, 0);
  queue.hold(true);
  expect(short(queue.play(frames(1)))).toEqual([]);
  expect(short(queue.mark('m'))).toEqual([]);
  expect(short(queue.hold(false))).toEqual(['flush', '1x1', 'heard-1', 'm']);
});

describe('whatever is played in whatever pieces', () => {
  test('comes out whole, in order, and never more than 5 s ahead', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(600), { minLength: 1, maxLength: 12 }), fc.nat(), (sizes, seed) => {
        const queue = mediaQueue(FRAME, 0);
        const all = Uint8Array.from(
          { length: sizes.reduce((a, b) => a + b, 0) },
          (_, at) => 1 + ((at + seed) % 255),
        );
        const heard: number[] = [];
        const line: MediaMessage[] = [];
        const send = (messages: readonly MediaMessage[]): void => {
          for (const message of messages) {
            // Only silence may be lost here.
            if (!(message instanceof Uint8Array) && message.command === 'FLUSH_MEDIA') line.length = 0;
            else line.push(message);
          }
        };
        let at = 0;
        for (const size of sizes) {
          send(queue.play(all.subarray(at, at + size)));
          at += size;
        }
        send(queue.mark('end'));
        for (let message = line.shift(); message && !queue.isIdle(); message = line.shift()) {
          const ahead = line.reduce((sum, item) => sum + (item instanceof Uint8Array ? item.length : 0), 0);
          expect(ahead).toBeLessThanOrEqual(300 * FRAME);
          if (message instanceof Uint8Array) heard.push(...message);
          else if (message.command === 'MARK_MEDIA') send(queue.processed(message.correlation_id, 0));
        }
        expect(heard.slice(0, all.length)).toEqual([...all]);
        expect(heard.length - all.length).toBeLessThan(FRAME);
      }),
    );
  });
});
