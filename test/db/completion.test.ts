import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { CampaignState } from '../../src/campaign/state.ts';
import { completeIfDone } from '../../src/db/attempts.ts';
import { findCampaign, lockCampaign } from '../../src/db/campaigns.ts';
import { freshDatabase } from '../support/database.ts';
import { seedCampaign, seedLead } from '../support/seed.ts';

const db = await freshDatabase();

const completes: Record<CampaignState, boolean> = {
  draft: false,
  active: true,
  paused: true,
  completed: false,
  cancelled: false,
};
test.each(Object.entries(completes))(
  'a campaign that is %s, its leads done, completes: %s',
  async (state, does) => {
    const campaignId = await seedCampaign(db, { state: state as CampaignState });
    const id = await seedLead(db, { campaignId, number: '+4930100001' });
    expect(await completeIfDone(db, { campaignId })).toBe(false);
    await db.updateTable('leads').set({ state: 'done', nextAt: null }).where('id', '=', id).execute();
    expect(await completeIfDone(db, { campaignId })).toBe(does);
    const campaign = await findCampaign(db, { id: campaignId });
    expect(campaign?.state).toBe(does ? 'completed' : state);
    expect(campaign?.endedAt === null).toBe(!does);
  },
);

test('a campaign to which leads are being added does not complete', async () => {
  const campaignId = await seedCampaign(db, { state: 'active' });
  const adding = await db.startTransaction().execute();
  await seedLead(adding, { campaignId, number: '+4930200001' });
  await lockCampaign(adding, { id: campaignId });
  const completing = completeIfDone(db, { campaignId });
  await expect.poll(async () => waitingForLock()).toBe(1);
  await adding.commit().execute();
  expect(await completing).toBe(false);
});

async function waitingForLock(): Promise<number | undefined> {
  const { rows } = await sql<{ waiting: number }>`
    select count(*) as waiting from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'
  `.execute(db);
  return rows[0]?.waiting;
}
