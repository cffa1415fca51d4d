import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seal, unseal } from '../../../src/engine/secret.ts';

const key = new Uint8Array(32).fill(1);
const unreadable = expect.objectContaining({ code: 'SECRET_UNREADABLE' });

test('a secret that was sealed is opened, and no two seals of it are alike', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (secret, place) => {
      const sealed = seal(key, place, secret);
      expect(unseal(key, place, sealed)).toBe(secret);
      expect(seal(key, place, secret).equals(sealed)).toBe(false);
    }),
  );
});

test('no changed byte goes unnoticed', () => {
  const sealed = seal(key, 'carrier-1', 's3cret');
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => unseal(key, 'carrier-1', changed)).toThrow(unreadable);
  }
});

test.each([
  ['with another key', new Uint8Array(32).fill(2), 'carrier-1', 100],
  ['in another place', key, 'carrier-2', 100],
  ['cut short', key, 'carrier-1', 20],
  ['when there is nothing', key, 'carrier-1', 0],
])('a secret does not open %s', (_how, otherKey, place, length) => {
  const sealed = seal(key, 'carrier-1', 's3cret').subarray(0, length);
  expect(() => unseal(otherKey, place, sealed)).toThrow(unreadable);
});
