import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Disposition } from '../../../src/call/disposition.ts';
import {
  type BreakerEvent,
  FAILED_RUN,
  type TrunkBreaker,
  UNKNOWN_RUN,
  closedBreaker,
  roomOf,
  signOf,
  stepBreaker,
} from '../../../src/campaign/trunk-breaker.ts';

const S = 1000;
const run = Array.from({ length: UNKNOWN_RUN - 1 }, (_, index) => `earlier-${index}`);
const breakers = {
  closed: closedBreaker,
  'closed, nine failed': { state: 'closed', failed: FAILED_RUN - 1, unknown: ['earlier'] },
  'closed, nineteen unknown': { state: 'closed', failed: 1, unknown: run },
  open: { state: 'open', until: 100 * S, waitMs: 30 * S },
  probing: { state: 'probing', attemptId: 'probe', waitMs: 400 * S },
  accused: { state: 'accused' },
} as const satisfies Record<string, TrunkBreaker>;
const ended = (attemptId: string, sign: 'through' | 'failed' | 'unknown' | null): BreakerEvent => ({
  type: 'ended',
  attemptId,
  sign,
  at: 110 * S,
});
const events = {
  placed: { type: 'placed', attemptId: 'new' },
  'probe through': ended('probe', 'through'),
  'probe failed': ended('probe', 'failed'),
  'probe unknown': ended('probe', 'unknown'),
  'probe ours': ended('probe', null),
  'other through': ended('other', 'through'),
  'other failed': ended('other', 'failed'),
  'other unknown': ended('other', 'unknown'),
  'other ours': ended('other', null),
} satisfies Record<string, BreakerEvent>;

const same = 'same';
const { closed } = breakers;
const open = (until: number, waitMs: number): TrunkBreaker => ({ state: 'open', until, waitMs });
const counted = (failed: number, ...unknown: string[]): TrunkBreaker => ({
  state: 'closed',
  failed,
  unknown,
});
const tripped = open(140 * S, 30 * S);
type Cell = TrunkBreaker | typeof same | { readonly accused: readonly string[] };
const table: Record<keyof typeof breakers, Record<keyof typeof events, Cell>> = {
  closed: {
    placed: same,
    'probe through': closed,
    'probe failed': counted(1),
    'probe unknown': counted(0, 'probe'),
    'probe ours': same,
    'other through': closed,
    'other failed': counted(1),
    'other unknown': counted(0, 'other'),
    'other ours': same,
  },
  'closed, nine failed': {
    placed: same,
    'probe through': closed,
    'probe failed': tripped,
    'probe unknown': counted(9, 'earlier', 'probe'),
    'probe ours': same,
    'other through': closed,
    'other failed': tripped,
    'other unknown': counted(9, 'earlier', 'other'),
    'other ours': same,
  },
  'closed, nineteen unknown': {
    placed: same,
    'probe through': closed,
    'probe failed': counted(2, ...run),
    'probe unknown': { accused: [...run, 'probe'] },
    'probe ours': same,
    'other through': closed,
    'other failed': counted(2, ...run),
    'other unknown': { accused: [...run, 'other'] },
    'other ours': same,
  },
  open: {
    placed: { state: 'probing', attemptId: 'new', waitMs: 30 * S },
    'probe through': closed,
    'probe failed': same,
    'probe unknown': same,
    'probe ours': same,
    'other through': closed,
    'other failed': same,
    'other unknown': same,
    'other ours': same,
  },
  probing: {
    placed: same,
    'probe through': closed,
    'probe failed': open(710 * S, 600 * S),
    'probe unknown': open(710 * S, 600 * S),
    'probe ours': open(110 * S, 400 * S),
    'other through': closed,
    'other failed': same,
    'other unknown': same,
    'other ours': same,
  },
  accused: {
    placed: same,
    'probe through': same,
    'probe failed': same,
    'probe unknown': { accused: ['probe'] },
    'probe ours': same,
    'other through': same,
    'other failed': same,
    'other unknown': { accused: ['other'] },
    'other ours': same,
  },
};
describe.each(Object.entries(table))('%s', (name, row) => {
  const breaker: TrunkBreaker = breakers[name as keyof typeof breakers];
  test.each(Object.entries(row))('%s', (event, cell) => {
    const result = stepBreaker(breaker, events[event as keyof typeof events]);
    if (cell === same) expect(result).toEqual({ next: breaker });
    else expect(result).toEqual('accused' in cell ? { next: breakers.accused, ...cell } : { next: cell });
  });
});

test('room: any while closed, none while open, one when its time is up, none while that is out or accused', () => {
  expect(roomOf(closedBreaker, 0)).toBe(Infinity);
  expect(roomOf(breakers.open, 100 * S - 1)).toBe(0);
  expect(roomOf(breakers.open, 100 * S)).toBe(1);
  expect(roomOf(breakers.probing, 1e9)).toBe(0);
  expect(roomOf(breakers.accused, 1e9)).toBe(0);
});

test('whatever happens, a carrier that takes no call gets at most a run of them and then one per wait', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 60 * S }), { maxLength: 300 }), (steps) => {
      let breaker = closedBreaker;
      let now = 0;
      let placed = 0;
      for (const ms of steps) {
        now += ms;
        if (roomOf(breaker, now) === 0) continue;
        const attemptId = String(placed);
        placed += 1;
        breaker = stepBreaker(breaker, { type: 'placed', attemptId }).next;
        breaker = stepBreaker(breaker, { type: 'ended', attemptId, sign: 'failed', at: now }).next;
      }
      expect(placed).toBeLessThanOrEqual(FAILED_RUN + Math.floor(now / (30 * S)));
    }),
  );
});

describe('an end', () => {
  const dialedAt = new Date(0);
  const silent: [Disposition, ReturnType<typeof signOf>][] = [
    ['network_error', 'failed'],
    ['invalid_number', 'unknown'],
    ['busy', 'through'],
    ['no_answer', 'through'],
    ['rejected', 'through'],
    ['cancelled', null],
    ['lost_pbx', null],
    ['trunk_fault', null],
    ['blocked', null],
  ];
  test.each(silent)('%s without ringing says %s', (disposition, sign) => {
    expect(signOf(disposition, { dialedAt })).toBe(sign);
    expect(signOf(disposition, { dialedAt, ringingAt: dialedAt })).toBe('through');
  });
  test('of what was never placed says nothing', () => expect(signOf('not_placed', null)).toBeNull());
});
