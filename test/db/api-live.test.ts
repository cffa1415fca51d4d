import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { liveMessage } from '../../src/protocol/live.ts';
import { testApi } from '../support/api.ts';
import { seedCampaign, seedLead } from '../support/seed.ts';

const api = await testApi();

/** Opens the live websocket; resolves to it once open, or to the status that refused it. */
async function watch(headers: Record<string, string>): Promise<WebSocket | number> {
  if (!api.server.server.listening) await api.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = api.server.server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live`, { headers });
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', reject);
  });
}

async function watchWithKey(): Promise<WebSocket> {
  const socket = await watch({ authorization: `Bearer ${api.key}` });
  if (typeof socket === 'number') throw new Error(`Refused with ${socket}`);
  return socket;
}

test('what changes is told to every watcher', async () => {
  const watchers = [await watchWithKey(), await watchWithKey()];
  const told = watchers.map(async (watcher) => {
    const [message] = (await once(watcher, 'message')) as [Buffer];
    return liveMessage.parse(JSON.parse(message.toString()));
  });
  const id = await seedCampaign(api.db, { state: 'active' });
  await seedLead(api.db, { campaignId: id, number: '+4930100001' });
  await api.send('POST', `/campaigns/${id}/pause`);
  const expected = { type: 'campaign', id, state: 'paused', pausedBecause: ['operator'] };
  expect(await Promise.all(told)).toEqual([expected, expected]);
  for (const watcher of watchers) watcher.close();
});

test('every kind of event reads back as it was', async () => {
  const watcher = await watchWithKey();
  const messages: unknown[] = [];
  const all = new Promise<void>((resolve) => {
    watcher.on('message', (text: Buffer) => {
      if (messages.push(liveMessage.parse(JSON.parse(text.toString()))) === 2) resolve();
    });
  });
  const call = {
    type: 'call',
    id: '00000000-0000-4000-8000-000000000001',
    campaignId: '00000000-0000-4000-8000-000000000002',
    leadId: 3,
    state: 'ended',
    disposition: 'busy',
    at: new Date('2026-03-02T10:00:00Z'),
  } as const;
  api.live.publish(call);
  api.engine.trunkStatus = { qualify: 'unreachable', registration: 'rejected' };
  api.live.publish({ type: 'trunk', id: 'carrier-1' });
  await all;
  expect(messages).toEqual([call, { type: 'trunk', id: 'carrier-1', status: api.engine.trunkStatus }]);
  watcher.close();
});

test('a watcher that does not read is dropped, the others stay', async () => {
  const slow = await watchWithKey();
  const quick = await watchWithKey();
  slow.pause();
  const closed = once(slow, 'close');
  let received = 0;
  quick.on('message', () => received++);
  const because = Array.from({ length: 4 }, () => 'operator' as const);
  const event = { type: 'campaign', id: '00000000-0000-4000-8000-000000000001', state: 'paused' } as const;
  let sent = 0;
  while (api.server.websocketServer.clients.size === 2) {
    for (let i = 0; i < 500; i++, sent++) api.live.publish({ ...event, pausedBecause: because });
    await new Promise((resolve) => setImmediate(resolve));
  }
  slow.resume();
  await closed;
  await expect.poll(() => received).toBe(sent);
  quick.close();
});

test.each([
  ['no key', {}, 401],
  ['a wrong key', { authorization: 'Bearer wrong' }, 401],
  ['a page of another origin', { origin: 'https://evil.example' }, 403],
  ['a page without an origin of its own', { origin: 'null' }, 403],
])('the websocket is refused to %s', async (_name, headers, status) => {
  const authorization = `Bearer ${api.key}`;
  expect(await watch(status === 403 ? { authorization, ...headers } : headers)).toBe(status);
});

test('a page of our own origin may watch', async () => {
  if (!api.server.server.listening) await api.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = api.server.server.address() as AddressInfo;
  const socket = await watch({ authorization: `Bearer ${api.key}`, origin: `http://127.0.0.1:${port}` });
  expect(socket).toBeInstanceOf(WebSocket);
  if (socket instanceof WebSocket) socket.close();
});
