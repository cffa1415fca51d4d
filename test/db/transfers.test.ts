import { beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { claimAttempts } from '../../src/db/claim.ts';
import { finishAttempts } from '../../src/db/finish.ts';
import { claimTransfer, endTransfer, listTransfers } from '../../src/db/transfers.ts';
import { freshDatabase } from '../support/database.ts';
import { dramaNumber, seedActiveCampaign, seedLease } from '../support/seed-dialing.ts';

const db = await freshDatabase();
const pbx = 'pbx-1';
const target = { id: 'desk', label: 'the front desk', number: dramaNumber(900) };
const trunkId = 'carrier';

beforeEach(async () => {
  await sql`truncate agents, contacts, dnc, trunks, campaigns, leads, attempts, calls, leases cascade`.execute(
    db,
  );
  await seedLease(db, pbx);
});

/** A campaign on a trunk, and its first live call. */
async function liveCall(
  trunk: { channels?: number; callsPerSecond?: number; allowedPrefixes?: string[] } = {},
) {
  const { id: campaignId } = await seedActiveCampaign(db, {
    numbers: [dramaNumber(1), dramaNumber(2)],
    trunk,
  });
  const claim = async (limit: number) =>
    claimAttempts(db, { campaignId, pbx, epoch: 1, limit, horizonMs: 60_000, talkSlots: 1 });
  const { reserved } = await claim(1);
  const callId = reserved[0]?.attemptId ?? '';
  return { callId, claim, put: async () => claimTransfer(db, { callId, trunkId, target }) };
}

const end = async (attemptId: string) =>
  finishAttempts(db, [
    { attemptId, disposition: 'answered', trail: { dialedAt: new Date() }, recording: null },
  ]);

test('a target is rung in a slot of its own, and its end is written once', async () => {
  const { callId, put } = await liveCall({ callsPerSecond: 1 });
  const claimed = await put();
  // A second after the call itself, with a tenth of margin.
  expect(claimed?.waitMs).toBeGreaterThan(0);
  expect(claimed?.waitMs).toBeLessThanOrEqual(1100);
  for (const outcome of ['busy', 'connected'] as const)
    await endTransfer(db, { id: claimed?.id ?? '', outcome });
  expect(await listTransfers(db, { callId })).toMatchObject([
    { target: 'desk', number: target.number, outcome: 'busy', endedAt: expect.any(Date) },
  ]);
});

describe('I7: a transfer counts on its trunk', () => {
  test('none where no channel is free', async () => {
    const { put } = await liveCall({ channels: 1 });
    expect(await put()).toBeNull();
  });

  test('it takes a channel from the next attempt until it ends', async () => {
    const { put, claim } = await liveCall({ channels: 2 });
    const claimed = await put();
    expect((await claim(1)).reserved).toEqual([]);
    await endTransfer(db, { id: claimed?.id ?? '', outcome: 'no_answer' });
    expect((await claim(1)).reserved).toHaveLength(1);
  });

  test('or until its call has ended, however that came', async () => {
    const { callId, put, claim } = await liveCall({ channels: 2 });
    await put();
    await end(callId);
    expect((await claim(1)).reserved).toHaveLength(1);
  });

  test('two calls that ask for the last channel at once: one gets it', async () => {
    const { put } = await liveCall({ channels: 2 });
    const claims = await Promise.all(Array.from({ length: 10 }, async () => put()));
    expect(claims.filter((claimed) => claimed !== null)).toHaveLength(1);
  });

  test('none whose slot is too far away for a callee who waits', async () => {
    const { put } = await liveCall({ callsPerSecond: 0.1 });
    expect(await put()).toBeNull();
  });
});

test('nothing outside the allowed prefixes, and nothing on a paused trunk, is rung', async () => {
  const { put } = await liveCall({ allowedPrefixes: ['+44'] });
  await db
    .updateTable('trunks')
    .set({ allowedPrefixes: ['+49'] })
    .execute();
  expect(await put()).toBeNull();
  await db
    .updateTable('trunks')
    .set({ allowedPrefixes: ['+44'], pausedBecause: 'a fault' })
    .execute();
  expect(await put()).toBeNull();
  await db.updateTable('trunks').set({ pausedBecause: null }).execute();
  expect(await put()).not.toBeNull();
});

test('the do-not-call list is for callees, not for the own people', async () => {
  const { put } = await liveCall();
  await db.insertInto('dnc').values({ number: target.number, source: 'operator' }).execute();
  expect(await put()).not.toBeNull();
});
