import { expect, test } from 'vitest';
import { userOf } from '../../../src/asterisk/inbound.ts';

test.each([
  ['<sip:+441134960570@10.0.0.1>;tag=1', '+441134960570'],
  ['"Ann Smith" <sip:+441134960570@10.0.0.1:5060;user=phone>;tag=1', '+441134960570'],
  ['sip:01134960570@carrier.example', '01134960570'],
  ['<sips:%2B441134960570;npdi:secret@carrier.example>', '+441134960570'],
  ['<tel:+441134960570;phone-context=example>', '+441134960570'],
  // A name is not an address, whatever it looks like.
  [String.raw`"<sip:+441134960999@evil.example> \" , x" <sip:+441134960570@10.0.0.1>`, '+441134960570'],
  ['"Anonymous" <sip:anonymous@anonymous.invalid>', 'anonymous'],
  ['<sip:10.0.0.1>', ''],
  ['', ''],
])('the user of %s is %s', (header, user) => {
  expect(userOf(header)).toBe(user);
});
