import { expect, test } from 'vitest';
import { callbackTime, spokenTime } from '../../../src/conversation/callback-time.ts';
import type { Language } from '../../../src/conversation/intents.ts';

/** Tuesday, ten to eleven in London. */
const now = new Date('2026-11-24T10:50:00Z');

const table: readonly [Language, string, string, string | null][] = [
  ['en', 'Europe/London', 'Call me back tomorrow at 3 pm.', '2026-11-25T15:00'],
  ['en', 'Europe/London', 'Can you call me tomorrow at three?', '2026-11-25T15:00'],
  ['en', 'Europe/London', 'Tomorrow at 9.', '2026-11-25T09:00'],
  ['en', 'Europe/London', 'tomorrow at half past three', '2026-11-25T15:30'],
  ['en', 'Europe/London', 'Thursday would be better.', '2026-11-26T10:00'],
  ['en', 'Europe/London', 'Thursday afternoon', '2026-11-26T15:00'],
  ['en', 'Europe/London', 'In two hours.', '2026-11-24T12:50'],
  ['en', 'Europe/London', 'At five this afternoon.', '2026-11-24T17:00'],
  ['en', 'Europe/London', 'On the 3rd of December at 11 am.', '2026-12-03T11:00'],
  ['en', 'America/New_York', 'Tomorrow at 3 pm.', '2026-11-25T20:00'],
  ['en', 'America/New_York', 'On the 10th of March at noon.', '2027-03-10T17:00'],
  ['en', 'America/New_York', 'On the 20th of March at noon.', '2027-03-20T16:00'],
  ['en', 'Europe/London', 'Yesterday at three.', null],
  ['en', 'Europe/London', 'Not right now.', null],
  ['en', 'Europe/London', 'I have two dogs.', null],
  ['de', 'Europe/Berlin', 'Morgen um drei.', '2026-11-25T14:00'],
  ['de', 'Europe/Berlin', 'Am Donnerstag um 15 Uhr.', '2026-11-26T14:00'],
  ['fr', 'Europe/Paris', 'Demain à 15h.', '2026-11-25T14:00'],
  ['es', 'Europe/Madrid', 'Mañana a las cinco.', '2026-11-25T16:00'],
];

test.each(table)('%s, %s: %s', (language, zone, text, expected) => {
  const at = callbackTime(text, { language, zone, now });
  expect(at?.toISOString().slice(0, 16) ?? null).toBe(expected);
});

test.each([
  ['en', 'Europe/London', 'Wednesday 25 November at 3 pm'],
  ['de', 'Europe/Berlin', 'Mittwoch, 25. November um 16:00'],
] as const)('%s says %s time', (language, zone, text) => {
  expect(spokenTime(new Date('2026-11-25T15:00:00Z'), { language, zone })).toBe(text);
});
