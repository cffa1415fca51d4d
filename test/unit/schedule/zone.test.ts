import fc from 'fast-check';
import { expect, test } from 'vitest';
import { zonesOf } from '../../../src/schedule/callee-zones.ts';
import { isZone, spanAt } from '../../../src/schedule/zone.ts';

test.each([
  ['Europe/Berlin', true],
  ['America/Argentina/Buenos_Aires', true],
  ['america/new_york', true],
  ['Europe/Kyiv', true],
  ['Mars/Olympus', false],
  ['Berlin', false],
  ['EST', false],
  ['UTC', false],
  ['Etc/GMT+5', false],
  ['+02:00', false],
  ['', false],
  ['../etc/passwd', false],
])('%j is a zone: %s', (text, expected) => {
  expect(isZone(text)).toBe(expected);
  expect(isZone(text)).toBe(expected);
});

test.each([
  ['the own zone', 'Europe/Paris', 'US', ['Europe/Paris'], 'contact'],
  ['the only zone of the country', null, 'FR', ['Europe/Paris'], 'country'],
  ['a country without a listed zone', null, 'XK', ['Europe/Belgrade'], 'country'],
  ['an own zone that does not exist', 'Mars/Olympus', 'DE', [], 'unknown'],
  ['neither zone nor country', null, null, [], 'unknown'],
  ['a country that does not exist', null, 'ZZ', [], 'unknown'],
  ['a country code of the wrong form', null, 'deu', [], 'unknown'],
])('%s decides where a callee may be', (_, timezone, country, expected, source) => {
  expect(zonesOf({ timezone, country })).toEqual({ zones: expected, source });
});

test('a number of a wide country may be in any of its zones', () => {
  expect(zonesOf({ timezone: null, country: 'US' }).zones).toEqual(
    expect.arrayContaining(['America/New_York', 'Pacific/Honolulu', 'America/Anchorage']),
  );
});

test('a span has the offset that the platform gives, and holds the instant it was asked for', () => {
  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone').filter(isZone));
  const instant = fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2060-01-01') });
  fc.assert(
    fc.property(zone, instant, (zone, at) => {
      const span = spanAt(zone, at);
      expect(span.from).toBeLessThanOrEqual(at);
      expect(span.until).toBeGreaterThan(at);
      for (const probe of [at, span.from, span.until - 1].filter(Number.isFinite)) {
        expect(spanAt(zone, probe).offset).toBe(platformOffset(zone, probe));
      }
    }),
    { numRuns: 300 },
  );
});

/** The offset by `Intl`, which knows nothing of spans: the local clock read as if it were UTC, less the instant. */
function platformOffset(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((p) => p.type === type)?.value);
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(at / 1000) * 1000;
}
