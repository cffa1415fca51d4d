import { describe, expect, test } from 'vitest';
import { trunkObjects, type TrunkSettings } from '../../../src/asterisk/trunk.ts';

const trunk: TrunkSettings = {
  id: 'ab12',
  host: 'sip.example.com',
  port: 5060,
  transport: 'udp',
  registers: false,
};
const login = { username: 'us er', password: 'p;w' };

test.each([
  ['by address', {}, ['aor', 'endpoint', 'identify']],
  ['with a login', login, ['auth', 'aor', 'endpoint', 'identify']],
  [
    'with a registration',
    { ...login, registers: true },
    ['auth', 'aor', 'endpoint', 'identify', 'registration'],
  ],
])('a trunk %s becomes these objects', (_name, settings, types) => {
  expect(Object.keys(trunkObjects({ ...trunk, ...settings }))).toEqual(types);
});

test.each([
  ['udp', 'sip:sip.example.com:5060'],
  ['tcp', 'sip:sip.example.com:5060;transport=tcp'],
  ['tls', 'sip:sip.example.com:5060;transport=tls'],
] as const)('%s stands in the URI and in the transport', (transport, uri) => {
  const { aor, endpoint, registration } = trunkObjects({ ...trunk, ...login, transport, registers: true });
  expect(aor?.['contact']).toBe(uri);
  expect(endpoint?.['transport']).toBe(`transport-${transport}`);
  expect(registration?.['server_uri']).toBe(uri);
});

test('a user name is escaped where it stands in a URI, and nowhere else', () => {
  const { auth, registration } = trunkObjects({ ...trunk, ...login, registers: true });
  expect(auth).toMatchObject({ username: 'us er', password: 'p;w' });
  expect(registration).toMatchObject({ client_uri: 'sip:us%20er@sip.example.com', contact_user: 'us%20er' });
});

describe('what could mean something else to Asterisk is refused', () => {
  test.each([
    [{ id: 'a/b' }, 'BAD_TRUNK_ID'],
    [{ id: '' }, 'BAD_TRUNK_ID'],
    [{ host: 'a b' }, 'BAD_HOST'],
    [{ host: 'x;transport=tcp' }, 'BAD_HOST'],
    [{ host: 'x@y' }, 'BAD_HOST'],
    [{ host: '' }, 'BAD_HOST'],
    [{ registers: true }, 'NO_CREDENTIALS'],
  ])('%o: %s', (settings, code) => {
    expect(() => trunkObjects({ ...trunk, ...settings })).toThrow(expect.objectContaining({ code }));
  });

  test.each(['127.0.0.1', '[2001:db8::1]', 'a.b-c.example'])('but not the host %s', (host) => {
    expect(trunkObjects({ ...trunk, host }).aor?.['contact']).toBe(`sip:${host}:5060`);
  });
});
