import { expect, test } from 'vitest';
import type { AnswerClass } from '../../src/answer/verdict.ts';
import { testApi, walk } from '../support/api.ts';
import { seedAttempt, seedCall, seedCampaign } from '../support/seed.ts';

const api = await testApi();
const campaignId = await seedCampaign(api.db);
let last = 0;
const call = async (verdict?: AnswerClass): Promise<string> =>
  seedCall(api.db, {
    campaignId,
    number: `+49301000${String((last += 1)).padStart(3, '0')}`,
    disposition: 'answered',
    talkSeconds: 5,
    ...(verdict && { verdict }),
  });
const correct = async (id: string, answered: string, by = 'Maria') =>
  api.send('PATCH', `/calls/${id}/verdict`, { class: answered, by });

test('a call shows its verdict, and what a person has said of it since; the last word stands', async () => {
  const id = await call('voicemail');
  const verdict = { class: 'voicemail', phase: 'answered', atMs: 1500, margin: 1 };
  const show = async () => (await api.send('GET', `/calls/${id}`)).json();
  expect(await show()).toMatchObject({ verdict, correction: null });

  const corrected = await correct(id, 'human');
  expect(corrected.json()).toEqual({ class: 'human', by: 'Maria', at: expect.stringMatching(/Z$/) });
  expect(await show()).toMatchObject({ verdict, correction: corrected.json() });

  const again = await correct(id, 'ivr', 'Ben');
  expect(again.json()).toMatchObject({ class: 'ivr', by: 'Ben' });
  expect(await show()).toMatchObject({ verdict, correction: again.json() });
});

test.each([
  ['a call that is not there', '00000000-0000-4000-8000-000000000000', 'human', 404],
  ['a class that is none', null, 'a parrot', 400],
])('%s is not corrected', async (_what, id, answered, status) => {
  expect((await correct(id ?? (await call()), answered)).statusCode).toBe(status);
});

test('a live call is not corrected', async () => {
  const id = await seedAttempt(api.db, { campaignId, number: '+4930200001', state: 'answered' });
  expect((await correct(id, 'human')).statusCode).toBe(404);
});

test('the corrected calls are an own set: listed, and judged per trunk', async () => {
  await api.db.deleteFrom('verdictCorrections').execute();
  const calls: readonly (readonly [told: AnswerClass | undefined, so: AnswerClass])[] = [
    ['human', 'human'],
    ['voicemail', 'human'],
    ['human', 'voicemail'],
    ['voicemail', 'voicemail'],
    [undefined, 'voicemail'],
    ['sit_vacant', 'sit_vacant'],
  ];
  for (const [told, so] of calls) expect((await correct(await call(told), so)).statusCode).toBe(200);

  expect((await api.send('GET', '/answer/confusion')).json()).toEqual({
    trunks: [
      {
        trunkId: 'seeded',
        calls: 6,
        humanToMachine: 0.5,
        machineToHuman: 2 / 3,
        confusion: {
          human: { human: 1, voicemail: 1 },
          voicemail: { human: 1, voicemail: 1, unknown: 1 },
          sit_vacant: { sit_vacant: 1 },
        },
      },
    ],
  });
  const listed = await walk<{ told: string | null; class: string }>(api, '/answer/corrections');
  expect(listed.map(({ told, class: so }) => [told ?? undefined, so])).toEqual(calls.toReversed());
});
