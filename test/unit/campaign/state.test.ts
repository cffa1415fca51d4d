import { expect, test } from 'vitest';
import {
  type Campaign,
  type CampaignEvent,
  type CampaignState,
  advance,
} from '../../../src/campaign/state.ts';

const campaigns: Record<CampaignState, Campaign> = {
  draft: { state: 'draft' },
  active: { state: 'active' },
  paused: { state: 'paused', because: ['trunk'] },
  completed: { state: 'completed' },
  cancelled: { state: 'cancelled' },
};
const events: Record<CampaignEvent['type'], CampaignEvent> = {
  start: { type: 'start' },
  pause: { type: 'pause', reason: 'trunk' },
  resume: { type: 'resume', reason: 'trunk' },
  cancel: { type: 'cancel' },
  lastLeadDone: { type: 'lastLeadDone' },
};
const no = 'refused';
const table: Record<CampaignState, Record<CampaignEvent['type'], CampaignState | typeof no>> = {
  draft: { start: 'active', pause: no, resume: no, cancel: 'cancelled', lastLeadDone: no },
  active: { start: no, pause: 'paused', resume: no, cancel: 'cancelled', lastLeadDone: 'completed' },
  paused: { start: no, pause: 'paused', resume: 'active', cancel: 'cancelled', lastLeadDone: 'completed' },
  completed: { start: no, pause: no, resume: no, cancel: no, lastLeadDone: no },
  cancelled: { start: no, pause: no, resume: no, cancel: no, lastLeadDone: no },
};
const cells = Object.entries(table).flatMap(([state, row]) =>
  Object.entries(row).map(([type, next]) => ({ state, type, next })),
);
test.each(cells)('$state × $type → $next', ({ state, type, next }) => {
  const result = advance(campaigns[state as CampaignState], events[type as CampaignEvent['type']]);
  expect('campaign' in result ? result.campaign.state : no).toBe(next);
});

test('a pause is a set of reasons: the campaign runs again when the last one is gone', () => {
  let campaign: Campaign = { state: 'active' };
  const apply = (event: CampaignEvent): void => {
    const result = advance(campaign, event);
    if ('campaign' in result) campaign = result.campaign;
  };
  apply({ type: 'pause', reason: 'operator' });
  apply({ type: 'pause', reason: 'trunk' });
  apply({ type: 'pause', reason: 'trunk' });
  expect(campaign).toEqual({ state: 'paused', because: ['operator', 'trunk'] });
  apply({ type: 'resume', reason: 'operator' });
  expect(campaign).toEqual({ state: 'paused', because: ['trunk'] });
  apply({ type: 'resume', reason: 'trunk' });
  expect(campaign).toEqual({ state: 'active' });
});
