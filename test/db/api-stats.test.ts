import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { verifyChain } from '../../src/engine/decision-chain.ts';
import { createStatsReader } from '../../src/engine/stats.ts';
import { testApi, walk } from '../support/api.ts';
import { seedAttempt, seedCall, seedCampaign, seedLead } from '../support/seed.ts';

const api = await testApi();
const nobody = '00000000-0000-4000-8000-000000000000';

test('a campaign that has not begun has no rates', async () => {
  const campaignId = await seedCampaign(api.db);
  await seedLead(api.db, { campaignId, number: '+4930100001' });
  expect((await api.send('GET', `/campaigns/${campaignId}/stats`)).json()).toEqual({
    asOf: expect.stringMatching(/Z$/),
    leads: { total: 1, called: 0, remaining: 1, byDisposition: {} },
    calls: {
      total: 0,
      active: 0,
      connected: 0,
      connectRate: null,
      averageTalkSeconds: null,
      totalCost: '0',
      byDisposition: {},
    },
    sentiment: { positive: 0, neutral: 0, negative: 0 },
    estimatedCompletion: { known: false, because: 'The campaign is draft.' },
  });
});

test('leads, calls, talk and cost are counted, of this campaign only', async () => {
  const campaignId = await seedCampaign(api.db, { state: 'active' });
  const other = await seedCampaign(api.db);
  await seedCall(api.db, { campaignId: other, number: '+4930200009', disposition: 'answered', cost: '9' });

  await seedCall(api.db, {
    campaignId,
    number: '+4930200001',
    disposition: 'answered',
    talkSeconds: 30,
    cost: '0.1',
  });
  await seedCall(api.db, {
    campaignId,
    number: '+4930200002',
    disposition: 'voicemail',
    talkSeconds: 10,
    cost: '0.2',
  });
  await seedCall(api.db, { campaignId, number: '+4930200003', disposition: 'busy' });
  await seedCall(api.db, { campaignId, number: '+4930200004', disposition: 'busy' });
  await seedAttempt(api.db, { campaignId, number: '+4930200005', disposition: 'not_placed' });
  await seedAttempt(api.db, { campaignId, number: '+4930200006', state: 'ringing' });
  const leads: [
    number: string,
    state: 'waiting' | 'calling' | 'done',
    attempts: number,
    'busy' | 'answered' | null,
  ][] = [
    ['+4930200001', 'done', 1, 'answered'],
    ['+4930200002', 'waiting', 1, null],
    ['+4930200003', 'waiting', 1, 'busy'],
    ['+4930200004', 'done', 1, 'busy'],
    ['+4930200005', 'waiting', 0, null],
    ['+4930200006', 'calling', 0, null],
  ];
  for (const [number, state, attempts, disposition] of leads) {
    await api.db
      .updateTable('leads')
      .set({ state, attempts, disposition, nextAt: state === 'waiting' ? '2100-01-01T00:00:00Z' : null })
      .where('campaignId', '=', campaignId)
      .where('number', '=', number)
      .execute();
  }

  expect((await api.send('GET', `/campaigns/${campaignId}/stats`)).json()).toMatchObject({
    leads: { total: 6, called: 4, remaining: 4, byDisposition: { answered: 1, busy: 2 } },
    calls: {
      total: 4,
      active: 1,
      connected: 1,
      connectRate: 0.25,
      averageTalkSeconds: 20,
      totalCost: '0.300000',
      byDisposition: { answered: 1, voicemail: 1, busy: 2 },
    },
    estimatedCompletion: { known: true, at: '2100-01-01T00:00:00.000Z' },
  });
});

test('those who ask at the same time share one reading', async () => {
  const campaignId = await seedCampaign(api.db);
  const read = createStatsReader(api.db);
  const [first, second] = await Promise.all([read(campaignId), read(campaignId)]);
  expect(first).toBe(second);
});

/** Decisions with these proofs, chained as the dialer chains them. */
async function decide(campaignId: string, proofs: readonly string[]): Promise<void> {
  let head: Uint8Array = new Uint8Array();
  for (const proof of proofs) {
    head = createHash('sha256').update(head).update(proof).digest();
    await api.db
      .insertInto('decisions')
      .values({ campaignId, leadId: 1, verdict: 'hold', at: new Date(), proof, hash: Buffer.from(head) })
      .execute();
  }
  await api.db
    .updateTable('campaigns')
    .set({ decisionHead: Buffer.from(head) })
    .where('id', '=', campaignId)
    .execute();
}

test('decisions are walked in their order, and a whole chain is found whole', async () => {
  const campaignId = await seedCampaign(api.db);
  const proofs = ['{"dnc":false}', '{"zone":"Europe/Berlin"}', '{"ä":"ö"}'];
  await decide(campaignId, proofs);
  const path = `/campaigns/${campaignId}/decisions`;
  const decisions = await walk<{ proof: string; hash: string }>(api, path);
  expect(decisions.map(({ proof }) => proof)).toEqual(proofs);
  expect((await api.send('GET', `${path}/verification`)).json()).toEqual({
    intact: true,
    checked: 3,
    brokenAt: null,
    head: decisions.at(-1)?.hash,
  });
});

test('a campaign without decisions has an empty, whole chain', async () => {
  const campaignId = await seedCampaign(api.db);
  const report = await api.send('GET', `/campaigns/${campaignId}/decisions/verification`);
  expect(report.json()).toEqual({ intact: true, checked: 0, brokenAt: null, head: '' });
});

test.each(['a proof rewritten', 'a decision removed', 'the end cut off'] as const)(
  'a chain with %s is found broken (I13)',
  async (attack) => {
    const campaignId = await seedCampaign(api.db);
    await decide(campaignId, ['one', 'two', 'three']);
    const rows = await api.db
      .selectFrom('decisions')
      .select('id')
      .where('campaignId', '=', campaignId)
      .execute();
    const [, second, third] = rows.map(({ id }) => id);
    // Only who owns the database gets past the trigger; that is whom the chain is for.
    const tampered = await api.db.startTransaction().execute();
    await sql`set local session_replication_role = replica`.execute(tampered);
    if (attack === 'a proof rewritten') {
      await tampered
        .updateTable('decisions')
        .set({ proof: 'forged' })
        .where('id', '=', Number(second))
        .execute();
    } else {
      const gone = attack === 'a decision removed' ? second : third;
      await tampered.deleteFrom('decisions').where('id', '=', Number(gone)).execute();
    }
    await tampered.commit().execute();
    const expected = {
      'a proof rewritten': { intact: false, checked: 1, brokenAt: second },
      'a decision removed': { intact: false, checked: 1, brokenAt: third },
      'the end cut off': { intact: false, checked: 2, brokenAt: null },
    }[attack];
    expect(await verifyChain(api.db, { campaignId })).toMatchObject(expected);
  },
);

test.each(['stats', 'decisions', 'decisions/verification'])('no campaign, no %s', async (what) => {
  expect((await api.send('GET', `/campaigns/${nobody}/${what}`)).statusCode).toBe(404);
});
