import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCountry, readPhone, type Country, type LineType } from '../../../src/contact/phone.ts';
import { refusals, type Refusal } from '../../../src/contact/refusals.ts';

test.each<[string, string, Country | null, string, string, LineType]>([
  ['E.164', '+4915123456789', null, '+4915123456789', 'DE', 'mobile'],
  ['spaces, brackets and dashes', ' +1 (415) 555-0132 ', null, '+14155550132', 'US', 'fixed_line_or_mobile'],
  ['the bracketed zero', '+49 (0)30 123456', null, '+4930123456', 'DE', 'fixed_line'],
  ['dots', '+33.6.12.34.56.78', null, '+33612345678', 'FR', 'mobile'],
  ['a national number', '030 123456', 'DE', '+4930123456', 'DE', 'fixed_line'],
  ['a national number in brackets', '(415) 555-0132', 'US', '+14155550132', 'US', 'fixed_line_or_mobile'],
  ['Italy keeps its zero', '06 1234 5678', 'IT', '+390612345678', 'IT', 'fixed_line'],
  ['the default country is no prison', '+33 6 12 34 56 78', 'DE', '+33612345678', 'FR', 'mobile'],
  ['00 without a default country', '0033612345678', null, '+33612345678', 'FR', 'mobile'],
  ['00 from a country that dials it', '0033 612345678', 'DE', '+33612345678', 'FR', 'mobile'],
  ['011 from a country that dials it', '011 33 612345678', 'US', '+33612345678', 'FR', 'mobile'],
  ['a country code without plus', '447911123456', 'GB', '+447911123456', 'GG', 'mobile'],
  [
    'a country code that is the trunk prefix too',
    '14155550132',
    'US',
    '+14155550132',
    'US',
    'fixed_line_or_mobile',
  ],
  ['a prefix like the country code', '393 123 4567', 'IT', '+393931234567', 'IT', 'mobile'],
  ['a territory with its own zone', '+1 787 234 5678', null, '+17872345678', 'PR', 'fixed_line_or_mobile'],
  ['full-width digits', '＋４９１５１２３４５６７８９', null, '+4915123456789', 'DE', 'mobile'],
  ['invisible marks', '\u202A+49 151\u00A023456789\u202C', null, '+4915123456789', 'DE', 'mobile'],
  ['Excel’s leading apostrophe', "'+4915123456789", null, '+4915123456789', 'DE', 'mobile'],
  ['Excel’s text formula', '="+4915123456789"', null, '+4915123456789', 'DE', 'mobile'],
  ['a link', 'tel:+49-151-23456789', null, '+4915123456789', 'DE', 'mobile'],
  ['toll-free', '+1 800 555 0123', null, '+18005550123', 'US', 'toll_free'],
  ['voice over IP', '+44 56 0012 3456', null, '+445600123456', 'GB', 'voip'],
  ['a company’s own prefix', '+44 3000 123 456', null, '+443000123456', 'GB', 'company'],
])('%s is read', (_, text, country, number, of, type) => {
  expect(readPhone(text, country)).toEqual({ number, country: of, type });
});

// Typed so that a refusal that `readPhone` can give does not compile without its examples.
type RowRefusal = 'email_invalid' | 'zone_unknown' | 'field_too_long' | 'column_count';
const refused: Readonly<
  Record<Exclude<Refusal, RowRefusal>, readonly (readonly [string, Country | null])[]>
> = {
  phone_missing: [
    ['', null],
    ['  \u200B ', 'DE'],
    ["'", null],
  ],
  spreadsheet_number: [
    ['4.47E+11', null],
    ['4,47E+11', 'DE'],
    ['4.47e11', 'GB'],
    ['+4E+11', null],
    ['4915123456789.0', null],
    ['4915123456789,00', 'DE'],
  ],
  not_a_number: [
    ['n/a', null],
    ['n/a', 'DE'],
    ['+', null],
    ['1-800-FLOWERS', 'US'],
    ['+49 151 23456789 / +49 151 23456780', null],
    ['call +4915123456789', 'DE'],
    ['500&PJSIP/1900', 'US'],
    ['+4915123456789;x=1', null],
  ],
  country_unknown: [
    ['030 123456', null],
    ['(415) 555-0132', null],
    ['4915123456789', null],
  ],
  ambiguous: [['4915123456789', 'DE']],
  calling_code_unknown: [
    ['+999123456789', null],
    ['+0123456789', null],
  ],
  too_short: [
    ['1', 'GB'],
    ['12', 'GB'],
    ['+4412', null],
    ['+1 212 555 12', null],
  ],
  too_long: [
    ['+4479111234561234', null],
    ['+141555501320', null],
  ],
  wrong_length: [['+6122222222222', null]],
  not_assigned: [
    ['+447700900123', null],
    ['+1 012 345 6789', null],
    ['+49 1511 23', null],
  ],
  extension: [
    ['+44 20 7946 0000 ext 5', null],
    ['030 123456 x12', 'DE'],
  ],
  premium: [
    ['+44 909 879 0000', null],
    ['+1 900 234 5678', null],
    ['0900 1234567', 'DE'],
    ['+979123456789', null],
  ],
  shared_cost: [['+49 1805 123456', null]],
  satellite: [
    ['+870773111632', null],
    ['+881612345678', null],
    ['+8821312345', null],
    ['+8835100012345', null],
  ],
  personal: [['+44 70 1234 5678', null]],
  pager: [['+44 76 4012 3456', null]],
  voicemail_access: [['+49 177 99 1234567', null]],
  no_country: [['+80012345678', null]],
};

test.each(
  Object.entries(refused).flatMap(([refusal, rows]) =>
    rows.map(([text, country]) => [text, country, refusal] as const),
  ),
)('%j (default country %s) is refused: %s', (text, country, refusal) => {
  expect(readPhone(text, country)).toEqual({ refusal });
});

test('whatever is accepted is E.164, and reads back as itself', () => {
  const country = fc.constantFrom<(Country | null)[]>('US', 'DE', 'GB', 'IT', null);
  const noise = fc.stringMatching(/^[+0-9 ()./-]{0,20}$/);
  const national = fc.stringMatching(/^\+?(1|49|44|39|33)?[1-9][0-9]{6,10}$/);
  fc.assert(
    fc.property(fc.oneof(noise, national, fc.string()), country, (text, country) => {
      const phone = readPhone(text, country);
      if ('refusal' in phone) {
        expect(Object.keys(refusals)).toContain(phone.refusal);
      } else {
        expect(phone.number).toMatch(/^\+[1-9]\d{6,14}$/);
        expect(readPhone(phone.number, null)).toEqual(phone);
      }
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['DE', true],
  ['XK', true],
  ['de', false],
  ['ZZ', false],
  ['', false],
  ['constructor', false],
])('%s is a country: %s', (text, expected) => {
  expect(isCountry(text)).toBe(expected);
});
