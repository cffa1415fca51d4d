import { expect, test } from 'vitest';
import { defaultRetryPolicy } from '../../src/campaign/retry.ts';
import type { CampaignState } from '../../src/campaign/state.ts';
import type { LiveEvent } from '../../src/engine/live.ts';
import { alwaysOpen, defaultWindows } from '../../src/schedule/windows.ts';
import { testApi, walk } from '../support/api.ts';
import { seedAttempt, seedCampaign, seedLead } from '../support/seed.ts';

const api = await testApi();
const nobody = '00000000-0000-4000-8000-000000000000';

test('a campaign is created in draft with the mission’s defaults, read, changed and removed', async () => {
  const created = await api.send('POST', '/campaigns', { name: 'Autumn' });
  expect(created.statusCode).toBe(201);
  const campaign = created.json();
  expect(campaign).toMatchObject({
    state: 'draft',
    pausedBecause: [],
    agentId: null,
    trunkId: null,
    windows: defaultWindows,
    retry: defaultRetryPolicy,
    ringTimeoutSeconds: 30,
    turnTargetMs: 2500,
    startedAt: null,
    endedAt: null,
  });
  expect(campaign.retry).toMatchObject({
    voicemail: { afterSeconds: 86_400, upTo: 3 },
    no_answer: { afterSeconds: 86_400, upTo: 3 },
    busy: { afterSeconds: 3600, upTo: 5 },
    network_error: { afterSeconds: 1800, upTo: 3 },
  });

  const path = `/campaigns/${campaign.id}`;
  expect((await api.send('GET', path)).json()).toEqual(campaign);
  const change = {
    windows: alwaysOpen,
    objectiveFields: [{ name: 'party', question: 'How many will come?', type: 'number' }],
    retry: { ...defaultRetryPolicy, busy: { afterSeconds: 5, upTo: 2 } },
    maxPer24Hours: 4,
    minGapSeconds: 0,
    ringTimeoutSeconds: 15,
    turnTargetMs: 1800,
  };
  expect((await api.send('PATCH', path, change)).json()).toEqual({ ...campaign, ...change });
  expect((await api.send('DELETE', path)).statusCode).toBe(204);
  expect((await api.send('GET', path)).statusCode).toBe(404);
});

/** What each command makes of a campaign that has all it needs: its next state, or null for a refusal. */
const commands: Record<
  CampaignState,
  Record<'start' | 'pause' | 'resume' | 'cancel', CampaignState | null>
> = {
  draft: { start: 'active', pause: null, resume: null, cancel: 'cancelled' },
  active: { start: null, pause: 'paused', resume: null, cancel: 'cancelled' },
  paused: { start: null, pause: 'paused', resume: 'active', cancel: 'cancelled' },
  completed: { start: null, pause: null, resume: null, cancel: null },
  cancelled: { start: null, pause: null, resume: null, cancel: null },
};
const cells = Object.entries(commands).flatMap(([state, row]) =>
  Object.entries(row).map(([command, next]) => [state as CampaignState, command, next] as const),
);

test.each(cells)('%s, told to %s, becomes %s', async (state, command, next) => {
  const id = await seedCampaign(api.db, { state });
  await seedLead(api.db, { campaignId: id, number: '+4930100001' });
  const events: LiveEvent[] = [];
  const unsubscribe = api.live.subscribe((event) => events.push(event));
  const reply = await api.send('POST', `/campaigns/${id}/${command}`);
  unsubscribe();
  const after = (await api.send('GET', `/campaigns/${id}`)).json();
  if (next === null) {
    expect(reply.json()).toMatchObject({ status: 409, type: '/problems/conflict' });
    expect([after.state, events]).toEqual([state, []]);
    return;
  }
  expect(reply.json()).toEqual(after);
  expect(after.state).toBe(next);
  expect(events).toEqual([{ type: 'campaign', id, state: next, pausedBecause: after.pausedBecause }]);
});

test('start and end are stamped, and the first start stays', async () => {
  const id = await seedCampaign(api.db);
  await seedLead(api.db, { campaignId: id, number: '+4930100001' });
  const send = async (command: string) => (await api.send('POST', `/campaigns/${id}/${command}`)).json();
  const { startedAt } = await send('start');
  expect(startedAt).toMatch(/Z$/);
  await send('pause');
  expect(await send('resume')).toMatchObject({ startedAt, endedAt: null });
  expect((await send('cancel')).endedAt).toMatch(/Z$/);
});

test('the operator’s resume takes only the operator’s reason away', async () => {
  const id = await seedCampaign(api.db, { state: 'paused' });
  await seedLead(api.db, { campaignId: id, number: '+4930100001' });
  const pausedBecause = ['operator', 'trunk'];
  await api.db.updateTable('campaigns').set({ pausedBecause }).where('id', '=', id).execute();
  const reply = await api.send('POST', `/campaigns/${id}/resume`);
  expect(reply.json()).toMatchObject({ state: 'paused', pausedBecause: ['trunk'] });
});

test('cancelling ends the attempts that nobody answered and lets the talks finish', async () => {
  const campaignId = await seedCampaign(api.db, { state: 'active' });
  const states = ['reserved', 'dialing', 'ringing', 'answered'] as const;
  const ids: string[] = [];
  for (const [index, state] of states.entries()) {
    ids.push(await seedAttempt(api.db, { campaignId, number: `+493020000${index}`, state }));
  }
  api.engine.cancelled.length = 0;
  await api.send('POST', `/campaigns/${campaignId}/cancel`);
  const unanswered = ids.slice(0, 3);
  expect(api.engine.cancelled).toHaveLength(1);
  const [{ ids: cancelled, because } = { ids: [], because: '' }] = api.engine.cancelled;
  expect(because).toBe('campaign');
  expect(new Set(cancelled)).toEqual(new Set(unanswered));
});

const lacks = {
  'an agent': { agentId: null },
  'a trunk': { trunkId: null },
  'a trunk that may dial something': { trunkId: 'closed' },
};
test.each(Object.entries(lacks))('a campaign without %s does not start', async (_what, change) => {
  await api.db
    .insertInto('trunks')
    .values({
      id: 'closed',
      name: 'c',
      host: 'h',
      callerIds: ['+4930000001'],
      channels: 1,
      callsPerSecond: 1,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const id = await seedCampaign(api.db);
  await seedLead(api.db, { campaignId: id, number: '+4930100001' });
  await api.db.updateTable('campaigns').set(change).where('id', '=', id).execute();
  const reply = await api.send('POST', `/campaigns/${id}/start`);
  expect(reply.json()).toMatchObject({ status: 422, type: '/problems/unprocessable' });
  expect((await api.send('GET', `/campaigns/${id}`)).json().state).toBe('draft');
});

test('a campaign whose agent would put callees through to where its trunk may not dial does not start', async () => {
  const id = await seedCampaign(api.db);
  await seedLead(api.db, { campaignId: id, number: '+4930100002' });
  const desk = { id: 'desk', label: 'the front desk' };
  const { agentId } = (await api.send('GET', `/campaigns/${id}`)).json<{ agentId: string }>();
  const start = async (number: string) => {
    await api.send('PATCH', `/agents/${agentId}`, { transferTargets: [{ ...desk, number }] });
    return (await api.send('POST', `/campaigns/${id}/start`)).json<{ detail?: string; state?: string }>();
  };
  expect((await start('+19005550100')).detail).toBe(
    'The trunk may not dial the number of the transfer target desk.',
  );
  expect((await start('+4930100003')).state).toBe('active');
});

test('a campaign without contacts does not start', async () => {
  const id = await seedCampaign(api.db);
  const reply = await api.send('POST', `/campaigns/${id}/start`);
  expect(reply.json()).toMatchObject({ status: 422, detail: 'The campaign has no contacts.' });
});

const changeable: Record<CampaignState, boolean> = {
  draft: true,
  active: false,
  paused: true,
  completed: false,
  cancelled: false,
};
test.each(Object.entries(changeable))('settings of a campaign that is %s change: %s', async (state, may) => {
  const id = await seedCampaign(api.db, { state: state as CampaignState });
  const reply = await api.send('PATCH', `/campaigns/${id}`, { name: 'Changed' });
  expect(reply.statusCode).toBe(may ? 200 : 409);
});

test('only a draft is removed', async () => {
  const id = await seedCampaign(api.db, { state: 'cancelled' });
  expect((await api.send('DELETE', `/campaigns/${id}`)).statusCode).toBe(409);
});

const list = async (order: string): Promise<string[]> =>
  (await walk<{ id: string }>(api, `/campaigns?state=completed&order=${order}`)).map(({ id }) => id);

test('the list is walked in its order and by state', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) ids.push(await seedCampaign(api.db, { state: 'completed' }));
  expect((await list('newest')).slice(0, 3)).toEqual(ids.toReversed());
  expect((await list('oldest')).slice(-3)).toEqual(ids);
});

test.each([
  ['POST', '/campaigns', { name: 'c', agentId: nobody }, 422],
  ['POST', '/campaigns', { name: 'c', trunkId: 'nobody' }, 422],
  ['POST', '/campaigns', { name: 'c', callerId: '+4930000000' }, 422],
  ['POST', '/campaigns', { name: 'c', trunkId: 'seeded', callerId: '+4930999999' }, 422],
  ['POST', '/campaigns', { name: 'c', ringTimeoutSeconds: 14 }, 400],
  ['POST', '/campaigns', { name: 'c', turnTargetMs: 499 }, 400],
  ['POST', '/campaigns', { name: 'c', turnTargetMs: 10_001 }, 400],
  ['POST', '/campaigns', { name: 'c', maxConcurrent: 0 }, 400],
  ['POST', '/campaigns', { name: 'c', state: 'active' }, 400],
  ['POST', '/campaigns', { name: 'c', retry: { busy: null } }, 400],
  ['POST', '/campaigns', { name: 'c', retry: { ...defaultRetryPolicy, answered: null } }, 400],
  ['POST', '/campaigns', { name: 'c', windows: { weekly: {}, holidays: [] } }, 400],
  ['GET', '/campaigns?state=running', undefined, 400],
  ['GET', '/campaigns?order=name', undefined, 400],
  ['GET', `/campaigns/${nobody}`, undefined, 404],
  ['PATCH', `/campaigns/${nobody}`, { name: 'c' }, 404],
  ['DELETE', `/campaigns/${nobody}`, undefined, 404],
  ['POST', `/campaigns/${nobody}/start`, undefined, 404],
  ['POST', `/campaigns/${nobody}/pause`, undefined, 404],
  ['POST', `/campaigns/${nobody}/resume`, undefined, 404],
  ['POST', `/campaigns/${nobody}/cancel`, undefined, 404],
] as const)('%s %s %j is refused with %i', async (method, path, body, status) => {
  await seedCampaign(api.db);
  expect((await api.send(method, path, body)).json()).toMatchObject({ status });
});
