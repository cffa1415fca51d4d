/** The dialer on a real database; the calls that it begins go nowhere. */
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import type { RunningCall } from '../../src/engine/running-call.ts';
import { startDialer } from '../../src/engine/dialer.ts';
import { keepPaces } from '../../src/engine/paces.ts';
import { freshDatabase } from '../support/database.ts';
import { dramaNumber, seedActiveCampaign, seedLease } from '../support/seed-dialing.ts';

const db = await freshDatabase();
const pbx = 'pbx-1';
const log = pino({ level: 'silent' });
const nowhere = (): void => undefined;

test('I11: answers that come too late let fewer conversations begin, those that come in time one more', async () => {
  await seedLease(db, pbx);
  const numbers = Array.from({ length: 6 }, (_, index) => dramaNumber(index));
  await seedActiveCampaign(db, { numbers, talks: true });
  const paces = keepPaces({ slots: 4, log });
  paces.talksAllowed(2500);
  for (let turn = 0; turn < 20; turn += 1) paces.turnTook(4);
  const begun: string[] = [];
  let looks = 0;
  const dialer = startDialer({
    db,
    ari: () => null,
    pbx,
    log,
    calls: {
      begin(reserved): RunningCall {
        begun.push(reserved.number);
        return { reserved, dispatch: nowhere } as unknown as RunningCall;
      },
    },
    mayDial: () => 1,
    trunks: { room: () => 10, placed: nowhere },
    guards: { mayDial: async () => (looks += 1) > 0 },
    talksAllowed: paces.talksAllowed,
    onRefused: async () => undefined,
    onClaimed: nowhere,
  });
  await vi.waitFor(() => expect(begun).toHaveLength(2));
  for (let turn = 0; turn < 20; turn += 1) paces.turnTook(1);
  await vi.waitFor(() => expect(begun).toHaveLength(3));
  const before = looks;
  await vi.waitFor(() => expect(looks).toBeGreaterThan(before + 2));
  await dialer.stop();
  expect(begun).toHaveLength(3);
});
