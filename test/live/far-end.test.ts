import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hangUpChannel, listChannels } from '../../src/asterisk/operations.ts';
import { farEndBehaviours, readFarEndRecords, type FarEndCode } from '../../src/native/far-end.ts';
import { callerId, startPair, type AsteriskPair, type PlacedCall } from '../support/asterisk-pair.ts';

let pair: AsteriskPair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.stop());

/** The `0` before the code makes the phone ring for one second. */
const ring = (code: string): Promise<PlacedCall> => pair.place(`00${code}`, { ringSeconds: 4 });

type Expected = {
  readonly seen: readonly string[];
  readonly cause: number;
  readonly techCause?: number;
  /** Who ends a call that the far end would hold. */
  readonly weHangUp?: true;
};

const refused = (cause: number, techCause: number): Expected => ({
  seen: ['entered', 'dialing', 'hangupRequest', 'destroyed'],
  cause,
  techCause,
});
const answered = (...more: readonly string[]): readonly string[] => [
  'entered',
  'dialing',
  'ringing',
  'answered',
  ...more,
  'hangupRequest',
  'destroyed',
];
const answeredAtOnce = ['entered', 'dialing', 'answered', 'hangupRequest', 'destroyed'];
const announced: Expected = {
  seen: ['entered', 'dialing', 'progress', 'hangupRequest', 'destroyed'],
  cause: 19,
  techCause: 480,
};

const expected: Readonly<Record<FarEndCode, Expected>> = {
  '01': { seen: answered(), cause: 16, weHangUp: true },
  '02': { seen: answered(), cause: 16, weHangUp: true },
  '03': { seen: answered(), cause: 16, weHangUp: true },
  '04': { seen: answered(), cause: 16 },
  '05': { seen: answered(), cause: 16, weHangUp: true },
  '06': { seen: answered(), cause: 16, weHangUp: true },
  '10': { seen: answered(), cause: 16, weHangUp: true },
  '11': { seen: answered(), cause: 16, weHangUp: true },
  '12': announced,
  '13': { seen: answeredAtOnce, cause: 16, weHangUp: true },
  '14': { seen: answeredAtOnce, cause: 16, weHangUp: true },
  '15': { seen: answered(), cause: 16, weHangUp: true },
  '16': { seen: answered(), cause: 16, weHangUp: true },
  '17': { seen: answered(), cause: 16, weHangUp: true },
  '18': { seen: answered(), cause: 16, weHangUp: true },
  '19': { seen: answered(), cause: 16, weHangUp: true },
  '20': { seen: ['entered', 'dialing', 'ringing', 'hangupRequest', 'destroyed'], cause: 19, techCause: 480 },
  '21': { seen: ['entered', 'dialing', 'ringing', 'hangupRequest', 'destroyed'], cause: 21, techCause: 603 },
  '22': { seen: ['entered', 'dialing', 'hangupRequest', 'destroyed'], cause: 19, techCause: 480 },
  '30': announced,
  '31': announced,
  '32': announced,
  '33': announced,
  '34': { seen: answeredAtOnce, cause: 16, weHangUp: true },
  '35': announced,
  '41': refused(22, 410),
  '44': refused(1, 404),
  '50': refused(38, 500),
  '53': refused(34, 503),
  '63': refused(21, 603),
  '70': { seen: answered(), cause: 16, weHangUp: true },
  '71': { seen: answered(), cause: 16, weHangUp: true },
  '72': { seen: answered(), cause: 16, weHangUp: true },
  '73': { seen: answered(), cause: 16, weHangUp: true },
  '80': refused(19, 480),
  '84': refused(28, 484),
  '86': refused(17, 486),
  '99': { seen: answeredAtOnce, cause: 16, weHangUp: true },
};

describe.concurrent('each code of the far end', () => {
  test.each(Object.entries(expected))('%s', async (code, { seen, cause, techCause, weHangUp }) => {
    const call = await ring(code);
    if (weHangUp) {
      await call.until('answered');
      await hangUpChannel(pair.ari, call.id);
    }
    const end = await call.until('destroyed');
    expect({ seen: call.seen(), cause: end.cause, techCause: end.techCause }).toEqual({
      seen,
      cause,
      techCause,
    });
  });
});

test('the far end has seen every call once, with number, caller and Call-ID', async () => {
  const ids = pair.log.all.flatMap((event) => (event.type === 'destroyed' ? [event.sipCallId] : []));
  const records = await readFarEndRecords(pair.farEnd.recordsFolder);
  expect(records.map(({ sipCallId }) => sipCallId).sort()).toEqual([...ids].sort());
  expect(new Set(records.map(({ dialed }) => dialed))).toEqual(
    new Set(Object.keys(farEndBehaviours).map((code) => `+4477009000${code}`)),
  );
  expect(new Set(records.map(({ callerId }) => callerId))).toEqual(new Set([callerId]));
  const answeredCodes = records.filter(({ answeredAt }) => answeredAt).map(({ dialed }) => dialed.slice(-2));
  expect(answeredCodes.sort()).toEqual(
    Object.entries(farEndBehaviours)
      .flatMap(([code, { ends }]) => (ends === 'answer' ? [code] : []))
      .sort(),
  );
});

test('no channel is left on either side', async () => {
  expect(await listChannels(pair.ari)).toEqual([]);
});
