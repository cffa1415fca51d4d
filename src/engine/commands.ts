import { type Campaign, type CampaignEvent, type PauseReason, advance } from '../campaign/state.ts';
import { findAgent } from '../db/agents.ts';
import {
  type CampaignFields,
  type CampaignRow,
  hasLeads,
  insertCampaign,
  lockCampaign,
  saveCampaignState,
  unansweredAttempts,
  updateCampaign,
} from '../db/campaigns.ts';
import type { Changes } from '../db/changes.ts';
import type { Connection, Database } from '../db/database.ts';
import { findTrunk } from '../db/trunks.ts';
import type { LiveFeed } from './live.ts';

/** Why a command was not obeyed: nothing there, not in this state, or something is lacking; `detail` says what. */
interface Refusal {
  readonly refused: 'missing' | 'state' | 'incomplete';
  readonly detail: string;
}

/** What a command on a campaign comes to. */
export type CampaignOutcome = { readonly campaign: CampaignRow } | Refusal;

/** What an operator may do to calls that go on. */
export interface CallCommands {
  /** Hangs up a live call or cancels a ringing attempt; false if it isn't live here. */
  hangUp(attemptId: string): Promise<boolean>;
  /** Ends these attempts at once, because of a DNC entry (I4) or because their campaign was cancelled. */
  cancel(attemptIds: readonly string[], because: 'dnc' | 'campaign'): void;
}

/** Creates and changes campaigns and moves them between their states. */
export interface CampaignCommands {
  create(fields: CampaignFields): Promise<CampaignOutcome>;
  /** Changes settings, in draft or paused. */
  change(id: string, change: Changes<CampaignFields>): Promise<CampaignOutcome>;
  /** Starts a draft that has an agent, a trunk that may dial something, and leads. */
  start(id: string): Promise<CampaignOutcome>;
  /** No new calls; live ones finish. */
  pause(id: string): Promise<CampaignOutcome>;
  /** Takes the operator's pause away; other reasons may keep the campaign paused. */
  resume(id: string): Promise<CampaignOutcome>;
  /** Pauses for a reason of the service's own; the campaign resumes when it is released again. */
  hold(id: string, reason: Exclude<PauseReason, 'operator'>): Promise<CampaignOutcome>;
  release(id: string, reason: Exclude<PauseReason, 'operator'>): Promise<CampaignOutcome>;
  /** Ends the campaign for good: ringing attempts are cancelled, answered calls finish. */
  cancel(id: string): Promise<CampaignOutcome>;
}

/** The commands on campaigns; `wake` tells the dialer that there may be more to dial. */
export function createCampaignCommands(parts: {
  readonly db: Connection;
  readonly live: Pick<LiveFeed, 'publish'>;
  readonly calls: Pick<CallCommands, 'cancel'>;
  readonly wake: () => void;
}): CampaignCommands {
  const { db, live, calls, wake } = parts;

  const move = async (
    id: string,
    event: CampaignEvent,
    lacking: (tx: Database, campaign: CampaignRow) => Promise<string | null> = async () => null,
  ): Promise<CampaignOutcome> => {
    const outcome = await db.transaction().execute(async (tx): Promise<CampaignOutcome> => {
      const campaign = await lockCampaign(tx, { id });
      if (!campaign) return missing;
      const next = advance(stateOf(campaign), event);
      if ('refused' in next) return { refused: 'state', detail: next.refused };
      const detail = await lacking(tx, campaign);
      if (detail !== null) return { refused: 'incomplete', detail };
      return { campaign: await saveCampaignState(tx, { id, campaign: next.campaign }) };
    });
    if ('campaign' in outcome) {
      const { state, pausedBecause } = outcome.campaign;
      live.publish({ type: 'campaign', id, state, pausedBecause: pausedBecause as PauseReason[] });
      wake();
    }
    return outcome;
  };

  return {
    create: async (fields) =>
      db.transaction().execute(async (tx) => {
        const detail = await unfit(tx, fields);
        if (detail !== null) return { refused: 'incomplete', detail };
        return { campaign: await insertCampaign(tx, fields) };
      }),
    change: async (id, change) =>
      db.transaction().execute(async (tx): Promise<CampaignOutcome> => {
        const campaign = await lockCampaign(tx, { id });
        if (!campaign) return missing;
        if (campaign.state !== 'draft' && campaign.state !== 'paused') {
          const detail = `A campaign is changed in draft or paused; this one is ${campaign.state}.`;
          return { refused: 'state', detail };
        }
        const detail = await unfit(tx, { ...campaign, ...change });
        if (detail !== null) return { refused: 'incomplete', detail };
        return { campaign: (await updateCampaign(tx, { id, change })) ?? campaign };
      }),
    start: async (id) => move(id, { type: 'start' }, lackingForStart),
    pause: async (id) => move(id, { type: 'pause', reason: 'operator' }),
    resume: async (id) => move(id, { type: 'resume', reason: 'operator' }, lackingForStart),
    hold: async (id, reason) => move(id, { type: 'pause', reason }),
    release: async (id, reason) => move(id, { type: 'resume', reason }),
    cancel: async (id) => {
      const outcome = await move(id, { type: 'cancel' });
      if ('campaign' in outcome) calls.cancel(await unansweredAttempts(db, { id }), 'campaign');
      return outcome;
    },
  };
}

const missing: Refusal = { refused: 'missing', detail: 'There is no campaign with this id.' };

function stateOf({ state, pausedBecause }: CampaignRow): Campaign {
  return state === 'paused' ? { state, because: pausedBecause as PauseReason[] } : { state };
}

/** What is wrong with the parts that a campaign names, null if nothing is. */
async function unfit(
  tx: Database,
  { agentId, trunkId, callerId }: Changes<Pick<CampaignFields, 'agentId' | 'trunkId' | 'callerId'>>,
): Promise<string | null> {
  if (agentId && !(await findAgent(tx, { id: agentId }))) return 'There is no agent with this id.';
  const trunk = trunkId ? await findTrunk(tx, { id: trunkId }) : undefined;
  if (trunkId && !trunk) return 'There is no trunk with this id.';
  if (callerId && !trunk) return 'A caller ID belongs to a trunk: name the trunk too.';
  if (callerId && !trunk?.callerIds.includes(callerId)) return 'The trunk does not have this caller ID.';
  return null;
}

/** What a campaign needs before it may dial, null if it has all. */
async function lackingForStart(tx: Database, campaign: CampaignRow): Promise<string | null> {
  if (!campaign.agentId) return 'The campaign has no agent.';
  if (!campaign.trunkId) return 'The campaign has no trunk.';
  const trunk = await findTrunk(tx, { id: campaign.trunkId });
  if (trunk?.allowedPrefixes.length === 0) {
    return 'The trunk may dial nothing: its list of allowed prefixes is empty.';
  }
  const agent = await findAgent(tx, { id: campaign.agentId });
  const outside = agent?.transferTargets.find(
    ({ number }) => !trunk?.allowedPrefixes.some((prefix) => number.startsWith(prefix)),
  );
  if (outside) return `The trunk may not dial the number of the transfer target ${outside.id}.`;
  if (!(await hasLeads(tx, { id: campaign.id }))) return 'The campaign has no contacts.';
  return unfit(tx, campaign);
}
