import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePortBlock, freePorts } from '../../../src/native/ports.ts';

test('each name gets a port of its own that a server can take', async () => {
  const ports = await freePorts('http', 'sip', 'database');
  expect(new Set(Object.values(ports)).size).toBe(3);
  const server = createServer().listen(ports.http, '127.0.0.1');
  await once(server, 'listening');
  const socket = createSocket('udp4').bind(ports.sip, '127.0.0.1');
  await once(socket, 'listening');
  server.close();
  socket.close();
});

test('a block starts at an even port, as RTP wants it, below the ports of outgoing connections', async () => {
  const first = await freePortBlock(50);
  expect(first % 2).toBe(0);
  expect(first).toBeGreaterThanOrEqual(12_000);
  expect(first + 50).toBeLessThan(32_768);
});
