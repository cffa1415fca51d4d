/** What Asterisk makes of each thing a carrier can say; the causes of the table in `src/call/`. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hangUpChannel, listChannels } from '../../src/asterisk/operations.ts';
import type { TrunkSettings } from '../../src/asterisk/trunk.ts';
import { readFarEndRecords } from '../../src/native/far-end.ts';
import { pushUnaskedTrunk, startPair, type AsteriskPair } from '../support/asterisk-pair.ts';
import { startCarrier, type Carrier } from './sipp/carrier.ts';
import {
  answersAfterCancel,
  answersByStatus,
  hangsUpWithReason,
  neverAcceptsPassword,
} from './sipp/scenarios.ts';

let pair: AsteriskPair;
const carriers: Carrier[] = [];
beforeAll(async () => {
  pair = await startPair();
});
afterAll(async () => {
  await Promise.all(carriers.map((carrier) => carrier.stop()));
  await pair.stop();
});

/** Starts a carrier and pushes a trunk to it. */
async function carrierOn(trunkId: string, scenario: string, calls = 1): Promise<Carrier> {
  const carrier = await startCarrier(scenario, calls);
  carriers.push(carrier);
  await pushUnaskedTrunk(
    pair.ari,
    trunkTo(trunkId, carrier.port, { username: 'user', password: 'password' }),
  );
  return carrier;
}

const trunkTo = (id: string, port: number, login: Partial<TrunkSettings> = {}): TrunkSettings => ({
  id,
  host: '127.0.0.1',
  port,
  transport: 'udp',
  registers: false,
  ...login,
});

/** SIP status to Q.850 cause. */
const refusals: Readonly<Record<number, number>> = {
  301: 16,
  302: 23,
  400: 127,
  403: 21,
  404: 1,
  408: 18,
  410: 22,
  480: 19,
  484: 28,
  486: 17,
  487: 127,
  488: 58,
  500: 38,
  502: 27,
  503: 34,
  504: 102,
  600: 17,
  603: 21,
  604: 1,
  606: 58,
  607: 127,
  608: 127,
};

describe('each SIP status', () => {
  let carrier: Carrier;
  beforeAll(async () => {
    const statuses = Object.keys(refusals).map(Number);
    carrier = await carrierOn('statuses', answersByStatus(statuses), statuses.length);
  });

  describe.concurrent('is told twice, with its cause', () => {
    test.each(Object.entries(refusals))('%s: %i', async (status, cause) => {
      const call = await pair.place(`0${status}`, { trunkId: 'statuses' });
      expect(await call.until('hangupRequest')).toMatchObject({ cause, techCause: Number(status) });
      expect(await call.until('destroyed')).toMatchObject({ cause, techCause: Number(status) });
      expect(call.seen()).not.toContain('answered');
    });
  });

  test('and no redirection was followed: one INVITE each', async () => {
    expect(await carrier.ended).toBe(0);
    const invites = (await carrier.messages()).match(/^INVITE /gm);
    expect(invites).toHaveLength(Object.keys(refusals).length);
  });
});

describe.concurrent('a carrier', () => {
  test('that answers as we cancel gets its ACK and a BYE, and there was no answer (F13)', async () => {
    const carrier = await carrierOn('late', answersAfterCancel);
    const call = await pair.place('0200', { trunkId: 'late' });
    await call.until('ringing');
    await hangUpChannel(pair.ari, call.id);
    expect(await call.until('destroyed')).toMatchObject({ cause: 16 });
    expect(call.seen()).not.toContain('answered');
    expect(await carrier.ended).toBe(0);
  });

  test('that accepts no password ends as 401, after a few tries', async () => {
    const carrier = await carrierOn('password', neverAcceptsPassword);
    const call = await pair.place('0200', { trunkId: 'password' });
    expect(await call.until('destroyed')).toMatchObject({ cause: 21, techCause: 401 });
    const invites = (await carrier.messages()).match(/INVITE sip:/g) ?? [];
    expect(invites.length).toBeLessThan(20);
  });

  test.each([
    [16, undefined],
    // This status is Asterisk's own invention: no carrier has sent it.
    [31, 480],
    [41, undefined],
  ])('that hangs up with Q.850 cause %i', async (cause, techCause) => {
    const trunkId = `bye-${cause}`;
    await carrierOn(trunkId, hangsUpWithReason(cause));
    const call = await pair.place('0200', { trunkId });
    const end = await call.until('destroyed');
    expect({ cause: end.cause, techCause: end.techCause }).toEqual({ cause, techCause });
    expect(call.seen()).toContain('answered');
  });

  test('that says nothing at all looks like one that rings, but for the ringing', async () => {
    const sink = createSocket('udp4').bind(0, '127.0.0.1');
    await once(sink, 'listening');
    await pushUnaskedTrunk(pair.ari, trunkTo('silent', sink.address().port));
    const call = await pair.place('0200', { trunkId: 'silent', ringSeconds: 2 });
    expect(await call.until('hangupRequest')).toEqual(expect.not.objectContaining({ techCause: 480 }));
    expect(await call.until('destroyed')).toMatchObject({ cause: 19, techCause: 480 });
    expect(call.seen()).toEqual(['entered', 'dialing', 'hangupRequest', 'destroyed']);
    sink.close();
  });

  test.each([
    ['wrong', { username: 'customer', password: 'wrong' }],
    ['no', {}],
  ])('refuses %s credentials without the call being placed', async (name, login) => {
    await pushUnaskedTrunk(pair.ari, trunkTo(`${name}-login`, pair.farEnd.sipPort, login));
    const call = await pair.place('0099', { trunkId: `${name}-login`, number: '+447700901199' });
    expect(await call.until('destroyed')).toMatchObject({ cause: 21, techCause: 401 });
    const records = await readFarEndRecords(pair.farEnd.recordsFolder);
    expect(records.map(({ dialed }) => dialed)).not.toContain(call.number);
  });
});

test('no channel is left', async () => {
  expect(await listChannels(pair.ari)).toEqual([]);
});
