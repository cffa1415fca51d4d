import { expect, test } from 'vitest';
import { type DialFacts, type DialRules, decideDial } from '../../../src/campaign/dial-decision.ts';
import { alwaysOpen } from '../../../src/schedule/windows.ts';

const now = new Date('2026-11-24T10:00:00Z');
const before = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
const rules: DialRules = { windows: alwaysOpen, minGapS: 300, maxPerDay: 3, allowedPrefixes: ['+44', '+49'] };
const facts: DialFacts = {
  number: '+441134960001',
  now,
  dialable: true,
  dnc: false,
  live: false,
  lastAttemptAt: null,
  attemptsPerDay: 0,
  firstOfDayAt: null,
  callee: { zones: ['Europe/London'], source: 'country' },
};
const day = [{ from: 18 * 60, to: 20 * 60 }];
const evenings = {
  weekly: { sun: day, mon: day, tue: day, wed: day, thu: day, fri: day, sat: day },
  holidays: [],
};
const never = { weekly: { sun: [], mon: [], tue: [], wed: [], thu: [], fri: [], sat: [] }, holidays: [] };

test('nothing stands against it', () => {
  expect(decideDial(rules, facts)).toEqual({ verdict: 'dial' });
});

test.each([
  ['dnc', { dnc: true }, {}, 'dnc_listed'],
  ['number_invalid', { dialable: false }, {}, 'invalid_number'],
  ['destination_not_allowed', { number: '+33199001234' }, {}, 'not_allowed'],
  ['destination_not_allowed', {}, { allowedPrefixes: [] }, 'not_allowed'],
  ['zone_unknown', { callee: { zones: [], source: 'unknown' } }, {}, 'not_allowed'],
  ['window_never_opens', {}, { windows: never }, 'not_allowed'],
] as const)('refused for good: %s', (because, changedFacts, changedRules, disposition) => {
  const decision = decideDial({ ...rules, ...changedRules }, { ...facts, ...changedFacts });
  expect(decision).toEqual({ verdict: 'refuse', because, disposition });
});

test.each([
  ['live_elsewhere', { live: true }, {}, '2026-11-24T10:00:30Z'],
  ['minimum_gap', { lastAttemptAt: before(100) }, {}, '2026-11-24T10:03:20Z'],
  [
    'daily_cap',
    { attemptsPerDay: 3, firstOfDayAt: before(3600), lastAttemptAt: before(400) },
    {},
    '2026-11-25T09:00:00Z',
  ],
  ['window_closed', {}, { windows: evenings }, '2026-11-24T18:00:00Z'],
] as const)('held until it may be: %s', (because, changedFacts, changedRules, until) => {
  const decision = decideDial({ ...rules, ...changedRules }, { ...facts, ...changedFacts });
  expect(decision).toEqual({ verdict: 'hold', because, until: new Date(until) });
});

test('I3: two candidate zones are rung only while both are open', () => {
  const callee = { zones: ['Europe/London', 'America/New_York'], source: 'country' } as const;
  expect(decideDial({ ...rules, windows: evenings }, { ...facts, callee })).toMatchObject({
    verdict: 'refuse',
  });
});

test('a gap that has passed and no daily cap do not hold', () => {
  const past = { lastAttemptAt: before(300), attemptsPerDay: 50, firstOfDayAt: before(3600) };
  expect(decideDial({ ...rules, maxPerDay: null }, { ...facts, ...past })).toEqual({ verdict: 'dial' });
});
