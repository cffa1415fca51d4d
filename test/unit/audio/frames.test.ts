import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { framer } from '../../../src/audio/frames.ts';

test.each([
  [[], []],
  [[[1, 2, 3]], [[1, 2, 3, 0]]],
  [[[1, 2, 3, 4]], [[1, 2, 3, 4]]],
  [
    [[1], [2, 3, 4, 5, 6, 7, 8, 9], []],
    [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 0, 0, 0],
    ],
  ],
])('chunks %j become frames %j', (chunks, frames) => {
  const stage = framer(4);
  const out = [...chunks.flatMap((chunk) => stage.push(Int16Array.from(chunk))), ...stage.flush()];
  expect(out.map((frame) => Array.from(frame))).toEqual(frames);
});

test('no sample is lost, doubled or moved, and a frame once given never changes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.int16Array({ maxLength: 50 })),
      fc.integer({ min: 1, max: 20 }),
      (chunks, size) => {
        const stage = framer(size);
        const frames = [...chunks.flatMap((chunk) => stage.push(chunk)), ...stage.flush()];
        const sent = chunks.flatMap((chunk) => [...chunk]);
        const got = frames.flatMap((frame) => [...frame]);
        expect(got.slice(0, sent.length)).toEqual(sent);
        expect(got.slice(sent.length).every((sample) => sample === 0)).toBe(true);
        expect(frames.every((frame) => frame.length === size)).toBe(true);
      },
    ),
  );
});
