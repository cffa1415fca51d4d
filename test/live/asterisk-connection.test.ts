import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi, type TestContext } from 'vitest';
import { WebSocketServer } from 'ws';
import { openAri } from '../../src/asterisk/ari.ts';
import { connectAri, type AriConnection, type Disconnection } from '../../src/asterisk/connection.ts';
import type { AsteriskStatus } from '../../src/asterisk/operations.ts';
import { hangUpChannel, listChannels } from '../../src/asterisk/operations.ts';
import { pushTrunk, removeTrunk, trunkState } from '../../src/asterisk/trunk.ts';
import { startAsterisk } from '../../src/native/asterisk.ts';
import { readFarEndRecords } from '../../src/native/far-end.ts';
import { eventLog, placeCall, startPair, untilTrunk, type AsteriskPair } from '../support/asterisk-pair.ts';
import { sendInvite } from '../support/invite.ts';
import { startRelay } from '../support/relay.ts';

let pair: AsteriskPair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.stop());

/** What a connection has told, oldest first. */
type Told = readonly (AsteriskStatus | Disconnection)[];

/** Connects an application of its own and notes what it is told. */
async function listen(
  { onTestFinished }: TestContext,
  port: number,
  app: string,
): Promise<{ readonly told: Told; readonly ari: AriConnection }> {
  const told: (AsteriskStatus | Disconnection)[] = [];
  const ari = await connectAri({
    url: `http://127.0.0.1:${port}/ari`,
    user: pair.carillon.ariUser,
    password: pair.carillon.ariPassword,
    app,
    onEvent: () => undefined,
    onConnected: (status) => void told.push(status),
    onDisconnected: (disconnection) => void told.push(disconnection),
    onError: (error) => expect.unreachable(String(error)),
  });
  onTestFinished(() => ari.close());
  return { told, ari };
}

const httpPort = (): number => Number(new URL(pair.carillon.ariUrl).port);
const connected = expect.objectContaining({ startupTime: expect.any(String) });
const lost = expect.objectContaining({ reason: 'lost' });

describe.concurrent('the connection', () => {
  test('refuses a wrong password with its status', async () => {
    const { ariUrl: url, ariUser: user } = pair.carillon;
    const silent = {
      onEvent: () => undefined,
      onConnected: () => undefined,
      onDisconnected: () => undefined,
    };
    const attempt = connectAri({
      url,
      user,
      password: 'wrong',
      app: 'a',
      onError: () => undefined,
      ...silent,
    });
    await expect(attempt).rejects.toMatchObject({ code: 'ARI_STATUS', status: 401 });
  });

  test('says so when there is no Asterisk', async () => {
    const ari = openAri({ url: 'http://127.0.0.1:9/ari', user: 'a', password: 'b' });
    await expect(listChannels(ari)).rejects.toMatchObject({ code: 'ARI_UNREACHABLE' });
  });

  test('comes back by itself after a cut (F6)', async (context) => {
    const relay = await startRelay(httpPort());
    context.onTestFinished(() => relay.close());
    const { told } = await listen(context, relay.port, 'cut');
    relay.cut();
    await vi.waitFor(() => expect(told).toEqual([connected, lost, connected]), 10_000);
  });

  test('notices a half-open one (F6)', { timeout: 30_000 }, async (context) => {
    const relay = await startRelay(httpPort());
    context.onTestFinished(() => relay.close());
    const { told } = await listen(context, relay.port, 'frozen');
    relay.freeze();
    await vi.waitFor(() => expect(told).toEqual([connected, lost, connected]), 25_000);
  });

  test('is not taken back from another that took it over (I14)', async (context) => {
    const first = await listen(context, httpPort(), 'taken');
    const second = await listen(context, httpPort(), 'taken');
    const replaced = expect.objectContaining({ reason: 'replaced' });
    await vi.waitFor(() => expect(first.told).toEqual([connected, replaced]), 5000);
    expect(second.told).toEqual([connected]);
  });

  test('tells a restarted Asterisk by its startup time (F5)', async ({ onTestFinished }) => {
    const folder = await mkdtemp(join(tmpdir(), 'carillon-restart-'));
    const options = { role: 'carillon', folder, say: () => undefined } as const;
    const before = await startAsterisk(options);
    const startupTimes: string[] = [];
    const ari = await connectAri({
      url: before.ariUrl,
      user: before.ariUser,
      password: before.ariPassword,
      app: 'restart',
      onEvent: () => undefined,
      onConnected: ({ startupTime }) => void startupTimes.push(startupTime),
      onDisconnected: () => undefined,
      onError: (error) => expect.unreachable(String(error)),
    });
    await before.kill();
    const after = await startAsterisk({ ...options, replaces: before });
    onTestFinished(async () => {
      ari.close();
      await after.stop();
      await rm(folder, { recursive: true });
    });
    await vi.waitFor(() => expect(new Set(startupTimes).size).toBe(2), 15_000);
  });

  test('does not hammer a server that closes cleanly every time (F6)', async (context) => {
    const openedAt: number[] = [];
    const server = createServer((request, response) => {
      const info = { status: { startup_time: 'now' }, system: { version: '22' } };
      response.end(request.url?.includes('info') ? JSON.stringify(info) : '{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => {
      openedAt.push(performance.now());
      setTimeout(() => socket.close(1000), 20);
    });
    const { port } = server.address() as AddressInfo;
    await listen(context, port, 'closed');
    context.onTestFinished(() => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
    });
    await vi.waitFor(() => expect(openedAt.length).toBeGreaterThanOrEqual(5), 15_000);
    // Waits of 50–100, 100–200, 200–400 and 400–800 ms.
    for (const [index, leastMs] of [50, 100, 200, 400].entries())
      expect((openedAt[index + 1] ?? 0) - (openedAt[index] ?? 0)).toBeGreaterThanOrEqual(leastMs);
  });
});

describe.concurrent('a call', () => {
  test('placed twice under one id is refused by Asterisk, and rings once (I2)', async () => {
    const attemptId = randomUUID();
    const number = '+447700902186';
    const first = await pair.place('2186', { attemptId, number: '+447700902120' });
    await expect(pair.place('2186', { attemptId, number })).rejects.toMatchObject({ status: 409 });
    await hangUpChannel(pair.ari, first.id);
    await first.until('destroyed');
    const records = await readFarEndRecords(pair.farEnd.recordsFolder);
    expect(records.map(({ dialed }) => dialed)).not.toContain(number);
  });

  test('on a trunk that is not there rings nobody, also after Asterisk has seen duplicates', async () => {
    const { id } = await pair.place('0020', { number: '+447700902220' });
    const again = Array.from({ length: 40 }, () => pair.place('0020', { attemptId: id }));
    for (const { status } of await Promise.all(again.map((place) => place.catch((error) => error)))) {
      expect(status).toBe(409);
    }
    await hangUpChannel(pair.ari, id);
    await expect(pair.place('2286', { trunkId: 'nowhere' })).rejects.toMatchObject({
      code: 'ARI_STATUS',
      status: 500,
    });
  });

  test.each([
    ['number', { number: '+447700900123&PJSIP/1' }, 'BAD_NUMBER'],
    ['caller ID', { callerId: '"x" <+447700900123>' }, 'BAD_NUMBER'],
    ['trunk', { trunkId: 'a/b' }, 'BAD_TRUNK_ID'],
  ])('with a %s that could mean more is not even asked for', async (_name, options, code) => {
    await expect(pair.place('2386', options)).rejects.toMatchObject({ code });
  });

  test('ends at its limit although the application is gone (I6)', async () => {
    const log = eventLog();
    const asterisk = pair.carillon;
    const leaving = await connectAri({
      url: asterisk.ariUrl,
      user: asterisk.ariUser,
      password: asterisk.ariPassword,
      app: 'leaving',
      onEvent: (event) => log.push(event),
      onConnected: () => undefined,
      onDisconnected: () => undefined,
      onError: (error) => expect.unreachable(String(error)),
    });
    const number = '+447700902499';
    await placeCall(leaving, log, { trunkId: pair.trunk.id, number, longestSeconds: 3 });
    await log.until(({ type }) => type === 'answered');
    leaving.close();
    const mine = async (): Promise<number | undefined> => {
      const record = (await readFarEndRecords(pair.farEnd.recordsFolder)).find(
        ({ dialed }) => dialed === number,
      );
      return record && record.endedAt - record.startedAt;
    };
    await vi.waitFor(async () => expect(await mine()).toBeGreaterThan(2000), 15_000);
    expect(await mine()).toBeLessThan(5000);
  });
});

describe.concurrent('a trunk', () => {
  test('registers, and says so', async () => {
    const trunk = { ...pair.trunk, id: 'registers', registers: true };
    await pushTrunk(pair.ari, trunk);
    await untilTrunk(pair.ari, trunk, (state) => state?.registration === 'registered');
    expect(await trunkState(pair.ari, trunk)).toEqual({ reachable: true, registration: 'registered' });
    await removeTrunk(pair.ari, trunk.id);
    expect(await trunkState(pair.ari, trunk)).toBeUndefined();
    await removeTrunk(pair.ari, trunk.id);
  });

  test('with a wrong password is rejected, and put right by pushing it again', async () => {
    const trunk = { ...pair.trunk, id: 'rejected', username: 'somebody', registers: true };
    await pushTrunk(pair.ari, trunk);
    await untilTrunk(pair.ari, trunk, (state) => state?.registration === 'rejected');
    await pushTrunk(pair.ari, { ...trunk, registers: false });
    expect(await trunkState(pair.ari, { ...trunk, registers: false })).toMatchObject({
      registration: 'none',
    });
  });

  test('that does not answer takes no call', async () => {
    const trunk = { ...pair.trunk, id: 'dead', port: 9 };
    await pushTrunk(pair.ari, trunk);
    const refused = (): Promise<unknown> =>
      pair.place('2586', { trunkId: 'dead', ringSeconds: 1 }).catch(({ status }) => status);
    await vi.waitFor(async () => expect(await refused()).toBe(500), 20_000);
    expect(await trunkState(pair.ari, trunk)).toEqual({ reachable: false, registration: 'none' });
  });

  test('over TLS is met with a TLS handshake', async () => {
    const carrier = createTcpServer().listen(0, '127.0.0.1');
    await once(carrier, 'listening');
    const { port } = carrier.address() as AddressInfo;
    const connection = once(carrier, 'connection') as Promise<[Socket]>;
    await pushTrunk(pair.ari, { ...pair.trunk, id: 'tls', transport: 'tls', port });
    const [socket] = await connection;
    const [hello] = (await once(socket, 'data')) as [Buffer];
    // RFC 8446 §5.1: a record of type handshake.
    expect(hello[0]).toBe(22);
    socket.destroy();
    carrier.close();
    await removeTrunk(pair.ari, 'tls');
  });

  test('rings us, and the application gets the number that was dialed', async ({ onTestFinished }) => {
    const invite = await sendInvite(pair.carillon.sipPort, { uri: '+441632960002' });
    onTestFinished(() => invite.close());
    const event = await pair.log.until((event) => event.type === 'entered' && event.args.length > 0);
    expect(event).toMatchObject({
      args: ['inbound', pair.trunk.id, '+441632960002'],
      callerNumber: '+447700900555',
    });
    await hangUpChannel(pair.ari, event.channelId);
  });
});

test('nobody but a trunk may ring us', async ({ onTestFinished }) => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-closed-'));
  const asterisk = await startAsterisk({ role: 'carillon', folder, say: () => undefined });
  const invite = await sendInvite(asterisk.sipPort, { uri: '+441632960002' });
  onTestFinished(async () => {
    invite.close();
    await asterisk.stop();
    await rm(folder, { recursive: true });
  });
  expect(await invite.answer).toMatch(/^SIP\/2\.0 401 /);
});
