import { expect, test } from 'vitest';
import { alwaysOpen, defaultWindows, weekdays, windowsSchema } from '../../../src/schedule/windows.ts';

const mondays = (...mon: unknown[]): unknown => ({
  weekly: { ...defaultWindows.weekly, mon },
  holidays: [],
});

test.each([
  ['the default', defaultWindows],
  ['always open', alwaysOpen],
  ['several intervals a day', mondays({ from: 600, to: 780 }, { from: 840, to: 1200 })],
  ['a closed week', { weekly: Object.fromEntries(weekdays.map((day) => [day, []])), holidays: [] }],
  ['holidays', { ...defaultWindows, holidays: ['2026-12-25', '2028-02-29'] }],
])('%s is kept as it is', (_, windows) => {
  expect(windowsSchema.parse(windows)).toEqual(windows);
});

test.each([
  ['an interval that ends before it starts', mondays({ from: 1200, to: 540 })],
  ['an empty interval', mondays({ from: 540, to: 540 })],
  ['an interval past midnight', mondays({ from: 1380, to: 1500 })],
  ['a negative minute', mondays({ from: -1, to: 540 })],
  ['half a minute', mondays({ from: 0.5, to: 540 })],
  ['a missing day', { weekly: { mon: [] }, holidays: [] }],
  ['an unknown day', { weekly: { ...defaultWindows.weekly, someday: [] }, holidays: [] }],
  ['a date that is none', { ...defaultWindows, holidays: ['2027-02-29'] }],
  ['a holiday with a time', { ...defaultWindows, holidays: ['2026-12-25T00:00'] }],
  ['no holidays at all', { weekly: defaultWindows.weekly }],
])('%s is refused', (_, windows) => {
  expect(windowsSchema.safeParse(windows).success).toBe(false);
});
