import { pino } from 'pino';
import { expect, test } from 'vitest';
import { keepPaces } from '../../../src/engine/paces.ts';

function paces(slots: number) {
  const lines: { level: number; msg: string; targetMs: number; p95Ms: number; from: number; to: number }[] =
    [];
  const log = pino({}, { write: (line) => void lines.push(JSON.parse(line)) });
  const kept = keepPaces({ slots, log });
  return {
    ...kept,
    lines,
    answer: (count: number, seconds: number): void => {
      for (let turn = 0; turn < count; turn += 1) kept.turnTook(seconds);
    },
  };
}

test('a campaign that wants its answers soon is held back before one that does not mind', () => {
  const { talksAllowed, answer, read } = paces(8);
  expect([talksAllowed(1000), talksAllowed(5000)]).toEqual([8, 8]);
  answer(20, 3);
  expect([talksAllowed(1000), talksAllowed(5000)]).toEqual([4, 8]);
  expect(read()).toEqual({
    turnP95Seconds: 3,
    talksAllowed: new Map([
      [1000, 4],
      [5000, 8],
    ]),
  });
});

test('each change is told with what it rests on, and nothing else is', () => {
  const { talksAllowed, answer, lines } = paces(2);
  talksAllowed(2500);
  answer(40, 3);
  answer(40, 1);
  const change = { targetMs: 2500 };
  expect(lines).toMatchObject([
    { level: 40, msg: expect.stringMatching(/fewer/), ...change, p95Ms: 3000, from: 2, to: 1 },
    { level: 30, msg: expect.stringMatching(/one more/), ...change, p95Ms: 1000, from: 1, to: 2 },
  ]);
});

test('nothing is known before the first answer', () => {
  expect(paces(3).read()).toEqual({ turnP95Seconds: NaN, talksAllowed: new Map() });
});
