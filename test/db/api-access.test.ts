import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createFirstKey } from '../../src/api/key.ts';
import { testApi } from '../support/api.ts';
import { freshDatabase } from '../support/database.ts';

const api = await testApi();
const emptyDb = await freshDatabase();
const open = new Set(['/healthz', '/readyz']);
const uuid = '00000000-0000-4000-8000-000000000000';

/** Every route as [method, path], read from the router itself. */
function routes(): (readonly ['GET' | 'POST' | 'PATCH' | 'DELETE', string])[] {
  const parents: string[] = [];
  return api.server
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] =
        /^([│ ]*)[├└]── (\S*)(?: \(([^)]*)\))?/.exec(line) ?? [];
      if (line.trim() === '') return [];
      const depth = indent.length / 4;
      parents.length = depth;
      parents.push(part);
      const path = parents
        .join('')
        .replace(':id', uuid)
        .replaceAll(/:(\w+)/g, '{$1}');
      return methods
        .split(', ')
        .filter((method) => method !== '' && method !== 'HEAD')
        .map((method) => [method as 'GET', path] as const);
    });
}

test('every route but the two health checks refuses to answer without a key', async () => {
  const all = routes();
  expect(all.length).toBeGreaterThan(30);
  for (const [index, [method, url]] of all.entries()) {
    const remoteAddress = `198.51.100.${index}`;
    const { statusCode } = await api.server.inject({ method, url, remoteAddress });
    expect([method, url, statusCode]).toEqual([method, url, open.has(url) ? 200 : 401]);
  }
});

test.each([
  ['a wrong key', 'Bearer carillon_wrong'],
  ['no key', 'Bearer '],
  ['another scheme', 'Basic YTpi'],
  ['a key that is too long', `Bearer ${'a'.repeat(5000)}`],
])('%s is refused', async (_name, authorization) => {
  const reply = await api.server.inject({ url: '/api/v1/agents', headers: { authorization } });
  expect(reply.statusCode).toBe(401);
  expect(reply.headers).toMatchObject({
    'www-authenticate': 'Bearer',
    'content-type': expect.stringContaining('application/problem+json'),
  });
});

test('a revoked key is refused', async () => {
  const sha256 = createHash('sha256').update('carillon_old').digest();
  await api.db.insertInto('apiKeys').values({ name: 'old', sha256, revokedAt: new Date() }).execute();
  const headers = { authorization: 'Bearer carillon_old' };
  expect((await api.server.inject({ url: '/api/v1/agents', headers })).statusCode).toBe(401);
});

test('an address that fails again and again is told to wait, but a right key still opens', async () => {
  const remoteAddress = '192.0.2.7';
  const attempt = async () => api.server.inject({ url: '/api/v1/agents', remoteAddress });
  const statuses = new Set<number>();
  for (let i = 0; i < 30; i++) statuses.add((await attempt()).statusCode);
  expect([...statuses]).toEqual([401, 429]);
  expect(Number((await attempt()).headers['retry-after'])).toBeGreaterThan(0);
  const headers = { authorization: `Bearer ${api.key}` };
  const reply = await api.server.inject({ url: '/api/v1/agents', remoteAddress, headers });
  expect(reply.statusCode).toBe(200);
});

test('the first key is made once, also by two that start at the same time, and stored as a hash only', async () => {
  const keys = await Promise.all([createFirstKey(emptyDb), createFirstKey(emptyDb), createFirstKey(emptyDb)]);
  const made = keys.filter((key) => key !== null);
  expect(made).toHaveLength(1);
  const rows = await emptyDb.selectFrom('apiKeys').selectAll().execute();
  expect(rows.map(({ sha256 }) => sha256)).toEqual([createHash('sha256').update(made.join()).digest()]);
});

test.each([
  ['an unknown route', { url: '/api/v1/nothing?number=1' }, 404, 'There is no GET /api/v1/nothing.'],
  [
    'a method that a route has not',
    { method: 'PUT' as const, url: '/api/v1/agents' },
    404,
    'There is no PUT',
  ],
  ['malformed JSON', json('{"name":'), 400, 'JSON'],
  ['an empty body', json(''), 400, 'not valid'],
  ['a body that is too large', json(`"${'x'.repeat(2_000_000)}"`), 413, 'too large'],
  ['another media type', { ...json('<a/>'), headers: { 'content-type': 'text/xml' } }, 415, 'Media Type'],
  ['a prototype in the body', json('{"__proto__":{"admin":true}}'), 400, ''],
])('%s is answered with a problem document', async (_name, request, status, detail) => {
  const reply = await api.server.inject({
    ...request,
    headers: { ...('headers' in request && request.headers), authorization: `Bearer ${api.key}` },
  });
  expect(reply.headers['content-type']).toContain('application/problem+json');
  expect(reply.json()).toMatchObject({ status, detail: expect.stringContaining(detail) });
});

test('a command takes an empty body whatever type it says', async () => {
  const reply = await api.server.inject({
    ...json(''),
    url: `/api/v1/campaigns/${crypto.randomUUID()}/start`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${api.key}` },
  });
  expect(reply.json()).toMatchObject({ status: 404, detail: 'There is no campaign with this id.' });
});

function json(payload: string) {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST' as const, url: '/api/v1/agents', headers, payload };
}

test('a field that is wrong is pointed at', async () => {
  const reply = await api.send('POST', '/agents', { name: '', greeting: 'Hi', voice: 7, extra: 1 });
  expect(reply.json()).toMatchObject({
    type: '/problems/invalid-input',
    title: 'Bad Request',
    errors: [
      { pointer: '/name', detail: 'Must not be empty.' },
      { pointer: '/voice', detail: expect.stringContaining('string') },
      { pointer: '', detail: expect.stringContaining('extra') },
    ],
  });
});

test('the OpenAPI document is 3.1 and describes every route of the API', async () => {
  const headers = { authorization: `Bearer ${api.key}` };
  const document = (await api.server.inject({ url: '/api/openapi.json', headers })).json();
  expect(document.openapi).toBe('3.1.0');
  const described = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('{id}', uuid)}`),
  );
  const served = routes().map(([method, path]) => `${method} ${path}`);
  const undescribed = new Set(['GET /api/openapi.json', 'GET /api/v1/live']);
  expect(described.sort()).toEqual(served.filter((route) => !undescribed.has(route)).sort());
  expect(document.components.schemas).toHaveProperty('LiveMessage');
});

test('every answer carries the security headers', async () => {
  const { headers } = await api.server.inject({ url: '/healthz' });
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'self'"),
  });
});

test('readiness names what is missing and how to get it', async () => {
  api.engine.readiness = {
    ready: false,
    parts: [
      { name: 'voice', ok: false, problem: 'No voice is installed.', remedy: 'Run npm run demo once.' },
    ],
  };
  const reply = await api.server.inject({ url: '/readyz' });
  expect(reply.statusCode).toBe(503);
  expect(reply.json()).toEqual(api.engine.readiness);
});

test('metrics are counted without a number or a name', async () => {
  api.meter.attemptEnded('busy');
  api.meter.attemptEnded('busy');
  for (const seconds of [0.0005, 0.02, 30]) api.meter.claimTook(seconds);
  api.meter.turnTook(0.9);
  api.paces.talksAllowed(2500);
  api.paces.talksAllowed(8000);
  for (let turn = 0; turn < 20; turn += 1) api.paces.turnTook(turn < 2 ? 3.2 : 0.9);
  const headers = { authorization: `Bearer ${api.key}` };
  const reply = await api.server.inject({ url: '/metrics', headers });
  expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(reply.body).toMatchSnapshot();
});
