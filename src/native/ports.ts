import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below the range from which Linux takes the ports of outgoing connections. */
const FIRST_PORT = 12_000;
const LAST_PORT = 32_000;
const TRIES = 200;

/** Finds one loopback port for each name, free for both TCP and UDP. */
export async function freePorts<Name extends string>(
  ...names: readonly Name[]
): Promise<Record<Name, number>> {
  const first = await freePortBlock(names.length);
  return Object.fromEntries(names.map((name, index) => [name, first + index])) as Record<Name, number>;
}

/**
 * Finds `size` consecutive loopback ports, all free for both TCP and UDP, and returns the first, an even one.
 * They are taken at random from 20,000, so that two runs side by side rarely want the same ones.
 */
export async function freePortBlock(size: number): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const first = 2 * Math.floor(randomInt(FIRST_PORT, LAST_PORT - size) / 2);
    const free = await Promise.all(Array.from({ length: size }, (_, index) => isFree(first + index)));
    if (free.every(Boolean)) return first;
  }
  throw Object.assign(new Error(`no ${size} consecutive free ports on loopback`), { code: 'NO_FREE_PORT' });
}

async function isFree(port: number): Promise<boolean> {
  return (await canListen(port)) && (await canBind(port));
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.on('error', () => socket.close(() => resolve(false)));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
