import fc from 'fast-check';
import { expect, test } from 'vitest';
import { e164, trunkName } from '../../../src/asterisk/dial-string.ts';

/** Text that looks like a number, a dial string, or neither. */
const text = fc.oneof(
  fc.string(),
  fc.stringMatching(/^\+?[0-9&@/,;|()$ {}\n]{0,20}$/),
  fc.constantFrom(
    '500&PJSIP/1@x',
    '+447700900123&PJSIP/1',
    '+447700900123\n',
    '+447700900123@evil',
    '٤٤٧٧٠٠٩٠٠١٢٣',
  ),
);

test('whatever passes as a number is a plus and digits', () => {
  fc.assert(
    fc.property(text, (number) => {
      let passed: string;
      try {
        passed = e164(number);
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_NUMBER' });
        return;
      }
      expect(passed.replaceAll(/[0-9]/g, '')).toBe('+');
      expect(passed.indexOf('+')).toBe(0);
    }),
  );
});

test.each(['+447700900123', '+12125550100', '+3581234567'])('%s passes', (number) => {
  expect(e164(number)).toBe(number);
});

test.each(['447700900123', '+0447700900123', '+44', '+44770090012345678', ''])('%s does not', (number) => {
  expect(() => e164(number)).toThrow(expect.objectContaining({ code: 'BAD_NUMBER' }));
});

test.each([
  ['7b0c9a6e-5a80-4f0a-9a53-0d6f3f9d7f11', true],
  ['main', true],
  ['-main', false],
  ['a/b', false],
  ['a@b', false],
  ['a&b', false],
  ['a\n', false],
])('%j as a trunk id: %s', (id, passes) => {
  if (passes) expect(trunkName(id)).toBe(id);
  else expect(() => trunkName(id)).toThrow(expect.objectContaining({ code: 'BAD_TRUNK_ID' }));
});
