/** Campaigns as the live tests make and watch them: through the API of a running service. */
import { vi } from 'vitest';
import type { ApiClient } from '../../scripts/api-client.ts';
import type { Disposition } from '../../src/call/disposition.ts';
import type { RetryPolicy } from '../../src/campaign/retry.ts';
import type { CampaignState, PauseReason } from '../../src/campaign/state.ts';
import type { AttemptState } from '../../src/db/generated.ts';
import { alwaysOpen } from '../../src/schedule/windows.ts';

/** What the tests read of a call. */
export interface CallBody {
  readonly id: string;
  readonly number: string;
  readonly state: AttemptState;
  readonly disposition: Disposition | null;
  readonly reservedAt: string;
  readonly dialedAt: string | null;
  readonly endedAt: string | null;
}

/** What the tests read of a lead. */
export interface LeadBody {
  readonly number: string;
  readonly state: 'waiting' | 'calling' | 'done';
  readonly attempts: number;
  readonly outcomes: Readonly<Partial<Record<Disposition, number>>>;
  readonly disposition: Disposition | null;
}

/** What the tests read of a campaign. */
export interface CampaignBody {
  readonly state: CampaignState;
  readonly pausedBecause: readonly PauseReason[];
}

/** A campaign that a test has made. */
export interface TestCampaign {
  readonly id: string;
  command(name: 'start' | 'pause' | 'resume' | 'cancel'): Promise<CampaignBody>;
  now(): Promise<CampaignBody>;
  leads(): Promise<LeadBody[]>;
  calls(): Promise<CallBody[]>;
  /** Resolves to the attempts when they fit; to those with the number, if one is given. */
  untilCalls(fits: (calls: readonly CallBody[]) => boolean, number?: string): Promise<readonly CallBody[]>;
  untilState(state: CampaignState): Promise<CampaignBody>;
  /** Adds a lead, whose contact may be there already. */
  add(number: string): Promise<void>;
}

/** Time for the slowest behaviour of the far end, its retries included, on a busy machine. */
const PATIENCE_MS = 80_000;
const POLL_MS = 100;

/** Asks until the answer fits, and resolves to it. */
export async function until<Answer>(
  ask: () => Promise<Answer>,
  fits: (answer: Answer) => boolean,
  timeout = PATIENCE_MS,
): Promise<Answer> {
  return vi.waitFor(
    async () => {
      const answer = await ask();
      if (!fits(answer)) throw new Error(`still ${JSON.stringify(answer)}`);
      return answer;
    },
    { timeout, interval: POLL_MS },
  );
}

/** The last four digits of a number that Ofcom keeps for drama, in a city such as 113 (Leeds). */
export const dramaNumberIn = (city: number, digits: string): string => `+44${city}4960${digits}`;

/** Nothing is rung twice. */
export const neverAgain: RetryPolicy = {
  voicemail: null,
  no_answer: null,
  busy: null,
  rejected: null,
  hung_up_early: null,
  no_audio: null,
  network_error: null,
  blocked: null,
  trunk_fault: null,
  cancelled: null,
  not_placed: null,
  lost_app: null,
  lost_pbx: null,
};
const inASecond = { afterSeconds: 1, upTo: 100 };
/** What failed on our side is rung again after a second, and nothing else is. */
export const oursAgain: RetryPolicy = {
  ...neverAgain,
  trunk_fault: inASecond,
  not_placed: inASecond,
  lost_app: inASecond,
  lost_pbx: inASecond,
};

/** Makes a campaign in draft with its agent and a lead for each number. */
export async function createCampaign(
  api: ApiClient,
  campaign: {
    numbers: readonly string[];
    trunkId: string;
    retry: RetryPolicy;
    maxConcurrent?: number;
    maxCallSeconds?: number;
  },
): Promise<TestCampaign> {
  const { numbers, maxCallSeconds = 60, ...settings } = campaign;
  const agent = await api.call<{ id: string }>('POST', '/agents', {
    name: 'Anna',
    greeting:
      'Hello, this is Anna, the assistant of Harbour Dental. May I remind you of your visit tomorrow?',
    maxCallSeconds,
  });
  const { id } = await api.call<{ id: string }>('POST', '/campaigns', {
    name: 'Campaign',
    agentId: agent.id,
    windows: alwaysOpen,
    maxConcurrent: 20,
    minGapSeconds: 0,
    ringTimeoutSeconds: 15,
    ...settings,
  });
  const now = async () => api.call<CampaignBody>('GET', `/campaigns/${id}`);
  const calls = async () => api.list<CallBody>(`/calls?campaignId=${id}`);
  const add = async (number: string): Promise<void> => {
    const [known] = await api.list<{ id: string }>(`/contacts?number=${encodeURIComponent(number)}`);
    const who = known ? { contactIds: [known.id] } : { contact: { numbers: [number] } };
    await api.call('POST', `/campaigns/${id}/leads`, who);
  };
  for (const number of numbers) await add(number);
  return {
    id,
    command: async (name) => api.call('POST', `/campaigns/${id}/${name}`),
    now,
    leads: async () => api.list(`/campaigns/${id}/leads`),
    calls,
    untilCalls: async (fits, number) =>
      until(async () => (await calls()).filter((call) => !number || call.number === number), fits),
    untilState: async (state) => until(now, (campaign) => campaign.state === state),
    add,
  };
}
