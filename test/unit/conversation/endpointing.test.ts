import { expect, test } from 'vitest';
import { endpointer } from '../../../src/conversation/endpointing.ts';

/** 20 ms each: `s` is speech, `q` quiet, `?` between both. */
const probability = { s: 0.9, q: 0.1, '?': 0.4 } as const;
type Frames = readonly [keyof typeof probability, number];

function hear(...parts: readonly Frames[]): readonly string[] {
  const stage = endpointer();
  return parts.flatMap(([kind, ms]) =>
    Array.from({ length: ms / 20 }, () => stage.push(probability[kind]))
      .flat()
      .map(({ type, ms }) => `${type} ${ms}`),
  );
}

test.each<[string, readonly Frames[], readonly string[]]>([
  ['quiet', [['q', 300]], ['quiet 100', 'quiet 200', 'quiet 300']],
  [
    'a click is quiet',
    [
      ['q', 80],
      ['s', 40],
      ['q', 80],
    ],
    ['quiet 100', 'quiet 200'],
  ],
  ['a voice', [['s', 260]], ['voice 60', 'voice 160', 'voice 260']],
  [
    'doubt keeps a voice and starts none',
    [
      ['?', 100],
      ['s', 60],
      ['?', 100],
    ],
    ['quiet 100', 'voice 60', 'voice 160'],
  ],
  [
    'a gap between words',
    [
      ['s', 60],
      ['q', 140],
      ['s', 160],
    ],
    ['voice 60', 'quiet 100', 'voice 160'],
  ],
  [
    'a pause',
    [
      ['s', 60],
      ['q', 300],
      ['s', 60],
    ],
    ['voice 60', 'quiet 100', 'quiet 200', 'quiet 300', 'voice 60'],
  ],
])('%s', (_name, parts, sounds) => {
  expect(hear(...parts)).toEqual(sounds);
});
