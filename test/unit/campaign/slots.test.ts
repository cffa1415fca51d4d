import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bookSlots, spacingMs } from '../../../src/campaign/slots.ts';

const now = new Date('2026-11-24T10:00:00Z');
const at = (ms: number): Date => new Date(now.getTime() + ms);

test.each([
  ['a trunk at rest starts at once', at(-5000), 5, 3, 10_000, [0, 220, 440]],
  ['a busy trunk goes on at its next slot', at(300), 5, 2, 10_000, [300, 520]],
  ['no slot beyond the horizon', at(0), 5, 9, 500, [0, 220, 440]],
  ['no room', at(0), 5, 0, 500, []],
  ['no room is no negative number of slots', at(0), 5, -3, 500, []],
  ['the next slot lies beyond the horizon', at(501), 5, 3, 500, []],
])('%s', (_, nextSlotAt, callsPerSecond, limit, horizonMs, expected) => {
  const { slots } = bookSlots(now, nextSlotAt, callsPerSecond, limit, horizonMs);
  expect(slots.map((slot) => slot.getTime() - now.getTime())).toEqual(expected);
});

test('I7: however bookings follow each other, no second holds more slots than the limit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.record({ waitMs: fc.nat(2000), limit: fc.nat(20) }), { maxLength: 30 }),
      (callsPerSecond, bookings) => {
        let clock = now.getTime();
        let nextSlotAt = now;
        const slots: number[] = [];
        for (const { waitMs, limit } of bookings) {
          clock += waitMs;
          const booked = bookSlots(new Date(clock), nextSlotAt, callsPerSecond, limit, 1000);
          nextSlotAt = booked.nextSlotAt;
          slots.push(...booked.slots.map((slot) => slot.getTime()));
        }
        for (const [index, slot] of slots.entries()) {
          const sameSecond = slots.slice(index).filter((other) => other < slot + 1000).length;
          expect(sameSecond).toBeLessThanOrEqual(callsPerSecond);
        }
      },
    ),
  );
  expect(spacingMs(10)).toBeCloseTo(110);
});
