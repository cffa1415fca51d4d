/**
 *                      ┌──────── last reason gone ────────┐
 *                      ▼                                  │
 *   draft ──start──► active ──pause(reason)──► paused(reasons)
 *                      │                          │
 *                      ├──last lead done──► completed ◄── last lead done
 *                      └──────cancel──────► cancelled ◄── cancel (also from draft)
 *
 * A pause is a set of reasons: the campaign runs again when the last one is gone. A paused campaign completes
 * too, since its live calls may finish its last leads.
 */
export type Campaign =
  | { readonly state: 'draft' }
  | { readonly state: 'active' }
  | { readonly state: 'paused'; readonly because: readonly PauseReason[] }
  | { readonly state: 'completed' }
  | { readonly state: 'cancelled' };

export type CampaignState = Campaign['state'];

export const pauseReasons = ['operator', 'trunk', 'engine', 'disk'] as const;
/** Why a campaign is not calling: the operator, its trunk, an engine that it needs is missing, a full disk. */
export type PauseReason = (typeof pauseReasons)[number];

export type CampaignEvent =
  | { readonly type: 'start' }
  | { readonly type: 'pause'; readonly reason: PauseReason }
  | { readonly type: 'resume'; readonly reason: PauseReason }
  | { readonly type: 'cancel' }
  | { readonly type: 'lastLeadDone' };

/** The campaign after the event, or why the event is refused (a sentence for the operator). */
export type Transition = { readonly campaign: Campaign } | { readonly refused: string };

/** Advances a campaign by one event. */
export function advance(campaign: Campaign, event: CampaignEvent): Transition {
  switch (campaign.state) {
    case 'draft':
      if (event.type === 'start') return to({ state: 'active' });
      if (event.type === 'cancel') return to({ state: 'cancelled' });
      return refuse('The campaign has not been started.');
    case 'active':
      if (event.type === 'pause') return to({ state: 'paused', because: [event.reason] });
      if (event.type === 'cancel') return to({ state: 'cancelled' });
      if (event.type === 'lastLeadDone') return to({ state: 'completed' });
      return refuse('The campaign is calling already.');
    case 'paused':
      return advancePaused(campaign, event);
    case 'completed':
      return refuse('The campaign is completed.');
    case 'cancelled':
      return refuse('The campaign was cancelled and will not resume.');
  }
}

function advancePaused(campaign: Campaign & { state: 'paused' }, event: CampaignEvent): Transition {
  switch (event.type) {
    case 'pause':
      if (campaign.because.includes(event.reason)) return to(campaign);
      return to({ state: 'paused', because: [...campaign.because, event.reason] });
    case 'resume': {
      const because = campaign.because.filter((reason) => reason !== event.reason);
      return to(because.length > 0 ? { state: 'paused', because } : { state: 'active' });
    }
    case 'cancel':
      return to({ state: 'cancelled' });
    case 'lastLeadDone':
      return to({ state: 'completed' });
    case 'start':
      return refuse('The campaign is paused: resume it.');
  }
}

const to = (campaign: Campaign): Transition => ({ campaign });
const refuse = (refused: string): Transition => ({ refused });
