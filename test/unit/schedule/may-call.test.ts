import fc from 'fast-check';
import { expect, test } from 'vitest';
import { zonesOf } from '../../../src/schedule/callee-zones.ts';
import { mayCall, nextOpening } from '../../../src/schedule/may-call.ts';
import { alwaysOpen, defaultWindows, weekdays, type Windows } from '../../../src/schedule/windows.ts';
import { spanAt } from '../../../src/schedule/zone.ts';

const MINUTE = 60_000;
const berlin = ['Europe/Berlin'];
const newYork = ['America/New_York'];
const us = zonesOf({ timezone: null, country: 'US' }).zones;
const everyDay = (...intervals: Windows['weekly']['mon']): Windows => ({
  weekly: {
    sun: intervals,
    mon: intervals,
    tue: intervals,
    wed: intervals,
    thu: intervals,
    fri: intervals,
    sat: intervals,
  },
  holidays: [],
});
const lunchBreak = everyDay({ from: 540, to: 720 }, { from: 780, to: 1080 });
const night = everyDay({ from: 150, to: 180 });
const christmas: Windows = { ...defaultWindows, holidays: ['2026-12-25'] };

// 2026-07-27 is a Monday; Berlin is two hours ahead of UTC then.
test.each([
  ['the first minute', defaultWindows, berlin, '2026-07-27T07:00:00Z', null],
  ['the last moment before the opening', defaultWindows, berlin, '2026-07-27T06:59:59.999Z', 'outside_hours'],
  ['the last moment', defaultWindows, berlin, '2026-07-27T17:59:59.999Z', null],
  ['the end itself', defaultWindows, berlin, '2026-07-27T18:00:00Z', 'outside_hours'],
  ['the lunch break', lunchBreak, berlin, '2026-07-27T10:30:00Z', 'outside_hours'],
  ['after lunch', lunchBreak, berlin, '2026-07-27T11:00:00Z', null],
  ['Sunday', defaultWindows, berlin, '2026-07-26T10:00:00Z', 'day_closed'],
  ['a holiday', christmas, berlin, '2026-12-25T10:00:00Z', 'holiday'],
  ['the same day of another year', christmas, berlin, '2028-12-25T10:00:00Z', null],
  [
    'a holiday that has begun over there only',
    christmas,
    ['Pacific/Auckland'],
    '2026-12-24T21:00:00Z',
    'holiday',
  ],
  ['half-hour zones', defaultWindows, ['Asia/Kolkata'], '2026-07-27T03:30:00Z', null],
  [
    'half-hour zones, a minute early',
    defaultWindows,
    ['Asia/Kolkata'],
    '2026-07-27T03:29:00Z',
    'outside_hours',
  ],
  ['always open at midnight', alwaysOpen, berlin, '2026-07-25T22:00:00Z', null],
  ['before the spring change', night, newYork, '2026-03-07T07:30:00Z', null],
  ['the hour that the spring change skips', night, newYork, '2026-03-08T07:30:00Z', 'outside_hours'],
  [
    'the first pass of the hour that autumn repeats',
    everyDay({ from: 60, to: 120 }),
    newYork,
    '2026-11-01T05:30:00Z',
    null,
  ],
  ['its second pass', everyDay({ from: 60, to: 120 }), newYork, '2026-11-01T06:30:00Z', null],
  ['a country of many zones, all open', defaultWindows, us, '2026-07-27T19:00:00Z', null],
  ['morning in New York only', defaultWindows, us, '2026-07-27T14:00:00Z', 'outside_hours'],
  ['evening in Honolulu only', defaultWindows, us, '2026-07-28T02:00:00Z', 'outside_hours'],
  ['no zone at all', alwaysOpen, [], '2026-07-27T10:00:00Z', 'zone_unknown'],
  ['a zone that does not exist', alwaysOpen, ['Mars/Olympus'], '2026-07-27T10:00:00Z', 'zone_unknown'],
  [
    'one zone of two that does not exist',
    alwaysOpen,
    ['Europe/Berlin', 'X/Y'],
    '2026-07-27T10:00:00Z',
    'zone_unknown',
  ],
] as const)('%s', (_, windows, zones, at, reason) => {
  const decision = mayCall(windows, zones, new Date(at));
  expect(decision.allowed).toBe(reason === null);
  expect([...new Set(decision.reasons.map((r) => r.reason))]).toEqual(reason === null ? [] : [reason]);
});

test('a refusal shows the callee’s clock, once per offset', () => {
  const zones = ['Europe/Berlin', 'Europe/Paris', 'Europe/London'];
  expect(mayCall(defaultWindows, zones, new Date('2026-07-27T18:05:00Z')).reasons).toEqual([
    { reason: 'outside_hours', zone: 'Europe/Berlin', local: '2026-07-27T20:05' },
  ]);
});

test.each([
  ['now, when open', defaultWindows, berlin, '2026-07-27T10:00:30.5Z', '2026-07-27T10:00:30.5Z'],
  ['the same morning', defaultWindows, berlin, '2026-07-27T03:12:34Z', '2026-07-27T07:00:00Z'],
  ['after lunch', lunchBreak, berlin, '2026-07-27T10:00:00Z', '2026-07-27T11:00:00Z'],
  ['Saturday at ten', defaultWindows, berlin, '2026-07-24T18:00:00Z', '2026-07-25T08:00:00Z'],
  ['over Sunday', defaultWindows, berlin, '2026-07-25T16:00:00Z', '2026-07-27T07:00:00Z'],
  ['over a holiday and a Sunday', christmas, berlin, '2026-12-24T19:00:00Z', '2026-12-26T09:00:00Z'],
  ['over the spring change', defaultWindows, berlin, '2026-03-28T17:00:00Z', '2026-03-30T07:00:00Z'],
  [
    'a day later when the clock skips the window',
    night,
    newYork,
    '2026-03-08T06:59:00Z',
    '2026-03-09T06:30:00Z',
  ],
  [
    'inside a window that the clock skips into',
    everyDay({ from: 150, to: 240 }),
    newYork,
    '2026-03-08T06:59:00Z',
    '2026-03-08T07:00:00Z',
  ],
  [
    'the second pass of the repeated hour',
    everyDay({ from: 60, to: 90 }),
    newYork,
    '2026-11-01T05:30:00Z',
    '2026-11-01T06:00:00Z',
  ],
  ['where all zones of a country meet', defaultWindows, us, '2026-07-27T13:00:00Z', '2026-07-27T19:00:00Z'],
  ['never: closed all week', everyDay(), berlin, '2026-07-27T10:00:00Z', null],
  ['never: the zones do not meet', everyDay({ from: 540, to: 600 }), us, '2026-07-27T10:00:00Z', null],
  ['never: no zone', alwaysOpen, [], '2026-07-27T10:00:00Z', null],
  ['never: a zone that does not exist', alwaysOpen, ['Mars/Olympus'], '2026-07-27T10:00:00Z', null],
] as const)('the next opening is %s', (_, windows, zones, from, expected) => {
  expect(nextOpening(windows, zones, new Date(from))).toEqual(expected === null ? null : new Date(expected));
});

const intervals = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 1440 }))
    .filter(([from, to]) => from < to)
    .map(([from, to]) => ({ from, to })),
  { maxLength: 3 },
);
const anyWindows: fc.Arbitrary<Windows> = fc.record({
  weekly: fc.record({
    sun: intervals,
    mon: intervals,
    tue: intervals,
    wed: intervals,
    thu: intervals,
    fri: intervals,
    sat: intervals,
  }),
  holidays: fc.array(fc.constantFrom('2026-03-08', '2026-03-29', '2026-10-04', '2026-11-01'), {
    maxLength: 2,
  }),
});
const dstZones = [
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'America/St_Johns',
];
const anyZones = fc.uniqueArray(fc.constantFrom(...dstZones, 'Asia/Kathmandu', 'Pacific/Apia'), {
  minLength: 1,
  maxLength: 3,
});
const nearClockChange = fc
  .tuple(
    fc.constantFrom(...dstZones),
    fc.integer({ min: -30 * 60, max: 6 * 60 }),
    fc.integer({ min: 0, max: 59_999 }),
  )
  .map(([zone, minutes, ms]) => spanAt(zone, Date.parse('2026-07-27')).until + minutes * MINUTE + ms);

test('I3: nothing opens outside the callee’s clock, and nothing that opens is missed', () => {
  fc.assert(
    fc.property(anyWindows, anyZones, nearClockChange, (windows, zones, from) => {
      const opening = nextOpening(windows, zones, new Date(from));
      const end = opening?.getTime() ?? from + 8 * 24 * 60 * MINUTE;
      if (opening) {
        expect(mayCall(windows, zones, opening).allowed).toBe(true);
        expect(zones.every((zone) => openByPlatform(windows, zone, opening))).toBe(true);
      }
      for (let minute = from; minute < Math.min(end, from + 8 * 24 * 60 * MINUTE); minute += MINUTE) {
        if (mayCall(windows, zones, new Date(minute)).allowed) expect.unreachable(String(minute));
      }
      // An opening after `from` is an edge: the moment before is closed.
      if (opening && end > from) expect(mayCall(windows, zones, new Date(end - 1)).allowed).toBe(false);
    }),
    { numRuns: 150 },
  );
});

test('I3: the decision agrees with the platform’s own clock at every instant', () => {
  fc.assert(
    fc.property(anyWindows, anyZones, nearClockChange, (windows, zones, at) => {
      const instant = new Date(at);
      expect(mayCall(windows, zones, instant).allowed).toBe(
        zones.every((zone) => openByPlatform(windows, zone, instant)),
      );
    }),
    { numRuns: 500 },
  );
});

/** The same question put to `Intl` alone. */
function openByPlatform(windows: Windows, zone: string, at: Date): boolean {
  const [date = '', time = ''] = at.toLocaleString('sv-SE', { timeZone: zone }).split(' ');
  const weekday = weekdays[new Date(`${date}T00:00Z`).getUTCDay()] ?? 'sun';
  const [hour = 0, minutes = 0] = time.split(':').map(Number);
  const minute = hour * 60 + minutes;
  return (
    !windows.holidays.includes(date) &&
    windows.weekly[weekday].some(({ from, to }) => from <= minute && minute < to)
  );
}
