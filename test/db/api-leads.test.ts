import { expect, test } from 'vitest';
import type { CampaignState } from '../../src/campaign/state.ts';
import { testApi, walk } from '../support/api.ts';
import { seedAttempt, seedCampaign, seedLead } from '../support/seed.ts';

const api = await testApi();
const nobody = '00000000-0000-4000-8000-000000000000';

test('a contact by hand becomes a contact and a lead, and wakes the dialer', async () => {
  const campaignId = await seedCampaign(api.db, { state: 'active' });
  const before = api.engine.woken;
  const reply = await api.send('POST', `/campaigns/${campaignId}/leads`, {
    contact: { firstName: 'Ada', numbers: ['+4930100001', '+4930100002'] },
  });
  expect(reply.json()).toEqual({ added: 1, alreadyLeads: 0, onDncList: 0 });
  expect(api.engine.woken).toBe(before + 1);
  expect(await walk(api, `/campaigns/${campaignId}/leads`)).toEqual([
    {
      id: expect.any(Number),
      contactId: expect.any(String),
      number: '+4930100001',
      firstName: 'Ada',
      lastName: null,
      state: 'waiting',
      nextAt: expect.stringMatching(/Z$/),
      attempts: 0,
      outcomes: {},
      disposition: null,
    },
  ]);
});

test('existing contacts become leads by id, each number once, none that must not be called', async () => {
  const campaignId = await seedCampaign(api.db);
  const numbers = ['+4930200001', '+4930200002', '+4930200003', '+4930200004'];
  const contactIds: string[] = [];
  for (const number of numbers) contactIds.push((await api.make('/contacts', { numbers: [number] })).id);
  await api.make('/dnc', { number: '+4930200002' });
  await api.make('/dnc', { number: '+4930200003', campaignId });
  await api.make('/dnc', { number: '+4930200004', campaignId: await seedCampaign(api.db) });

  const path = `/campaigns/${campaignId}/leads`;
  const first = await api.send('POST', path, { contactIds: [...contactIds, nobody] });
  expect(first.json()).toEqual({ added: 2, alreadyLeads: 0, onDncList: 2 });
  const second = await api.send('POST', path, { contactIds });
  expect(second.json()).toEqual({ added: 0, alreadyLeads: 2, onDncList: 2 });
  const leads = await walk<{ number: string }>(api, path, 1);
  expect(leads.map(({ number }) => number)).toEqual(['+4930200001', '+4930200004']);
});

test('existing contacts become leads by filter', async () => {
  const campaignId = await seedCampaign(api.db);
  for (const [index, company] of ['Acme', 'Acme', 'Other'].entries()) {
    await api.make('/contacts', { company, numbers: [`+493030000${index}`] });
  }
  const path = `/campaigns/${campaignId}/leads`;
  const acme = await api.send('POST', path, { filter: { company: 'Acme' } });
  expect(acme.json()).toEqual({ added: 2, alreadyLeads: 0, onDncList: 0 });
  const all = await api.send('POST', path, { filter: {} });
  expect(all.json()).toMatchObject({ alreadyLeads: 2 });
});

test('a contact by hand whose number is taken is refused, and so is its contact', async () => {
  const campaignId = await seedCampaign(api.db);
  await api.make('/contacts', { numbers: ['+4930400001'] });
  const contact = { firstName: 'Second', numbers: ['+4930400009', '+4930400001'] };
  const reply = await api.send('POST', `/campaigns/${campaignId}/leads`, { contact });
  expect(reply.json()).toMatchObject({ status: 409 });
  expect(await walk(api, '/contacts?search=Second')).toEqual([]);
});

const takesLeads: Record<CampaignState, boolean> = {
  draft: true,
  active: true,
  paused: true,
  completed: false,
  cancelled: false,
};
test.each(Object.entries(takesLeads))('a campaign that is %s takes leads: %s', async (state, takes) => {
  const campaignId = await seedCampaign(api.db, { state: state as CampaignState });
  const contact = {
    lastName: `for-${state}`,
    numbers: [`+493050000${Object.keys(takesLeads).indexOf(state)}`],
  };
  const reply = await api.send('POST', `/campaigns/${campaignId}/leads`, { contact });
  expect(reply.statusCode).toBe(takes ? 200 : 409);
  expect(await walk(api, `/contacts?search=for-${state}`)).toHaveLength(takes ? 1 : 0);
});

test('leads are filtered by state, disposition and number', async () => {
  const campaignId = await seedCampaign(api.db);
  const ids: number[] = [];
  for (const number of ['+4930600001', '+4930600002', '+4930600003']) {
    ids.push(await seedLead(api.db, { campaignId, number }));
  }
  await api.db
    .updateTable('leads')
    .set({ state: 'done', nextAt: null, disposition: 'busy', attempts: 5, outcomes: '{"busy":5}' })
    .where('id', '=', Number(ids[1]))
    .execute();
  const find = async (query: string) =>
    (await walk<{ id: number }>(api, `/campaigns/${campaignId}/leads?${query}`)).map(({ id }) => id);
  expect(await find('state=done')).toEqual([ids[1]]);
  expect(await find('state=waiting')).toEqual([ids[0], ids[2]]);
  expect(await find('disposition=busy')).toEqual([ids[1]]);
  expect(await find(`number=${encodeURIComponent('+4930600003')}`)).toEqual([ids[2]]);
});

test('a contact that was rung stays, one that only waits may go with its leads', async () => {
  const campaignId = await seedCampaign(api.db);
  await seedAttempt(api.db, { campaignId, number: '+4930700001', disposition: 'busy' });
  await seedLead(api.db, { campaignId, number: '+4930700002' });
  const leads = await walk<{ contactId: string }>(api, `/campaigns/${campaignId}/leads`);
  const statuses = [];
  for (const { contactId } of leads) {
    statuses.push((await api.send('DELETE', `/contacts/${contactId}`)).statusCode);
  }
  expect(statuses).toEqual([409, 204]);
  expect(await walk(api, `/campaigns/${campaignId}/leads`)).toHaveLength(1);
});

test('a contact whose first attempt is being claimed at the same moment stays', async () => {
  const campaignId = await seedCampaign(api.db);
  await seedLead(api.db, { campaignId, number: '+4930800001' });
  const [lead] = await walk<{ id: number; contactId: string }>(api, `/campaigns/${campaignId}/leads`);
  if (!lead) throw new Error('No lead');
  const claim = await api.db.startTransaction().execute();
  await claim
    .insertInto('attempts')
    .values({
      id: nobody,
      leadId: lead.id,
      campaignId,
      trunkId: 'seeded',
      pbx: 'test',
      number: '+4930800001',
      callerId: '+4930000000',
      dialAt: new Date(),
    })
    .execute();
  const removal = api.send('DELETE', `/contacts/${lead.contactId}`);
  await claim.commit().execute();
  expect((await removal).statusCode).toBe(409);
});

test.each([
  ['GET', `/campaigns/${nobody}/leads`, undefined, 404],
  ['POST', `/campaigns/${nobody}/leads`, { filter: {} }, 404],
  ['POST', `/campaigns/${nobody}/leads`, {}, 400],
  ['POST', `/campaigns/${nobody}/leads`, { filter: {}, contactIds: [nobody] }, 400],
  ['POST', `/campaigns/${nobody}/leads`, { contactIds: [] }, 400],
  ['GET', `/campaigns/${nobody}/leads?state=open`, undefined, 400],
] as const)('%s %s %j is refused with %i', async (method, path, body, status) => {
  expect((await api.send(method, path, body)).json()).toMatchObject({ status });
});
