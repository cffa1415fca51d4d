import type { Disposition } from '../call/disposition.ts';
import type { CampaignState, PauseReason } from '../campaign/state.ts';
import type { Sentiment } from '../conversation/analysis.ts';
import type { AttemptState } from '../db/generated.ts';

/** Something changed; each event carries the new state of what it names. */
export type LiveEvent =
  | {
      readonly type: 'campaign';
      readonly id: string;
      readonly state: CampaignState;
      readonly pausedBecause: readonly PauseReason[];
    }
  | {
      readonly type: 'call';
      readonly id: string;
      readonly campaignId: string;
      readonly leadId: number;
      readonly state: AttemptState;
      readonly disposition: Disposition | null;
      readonly at: Date;
    }
  /** A finished call was analysed; its disposition may be another one now. */
  | {
      readonly type: 'analysis';
      readonly callId: string;
      readonly campaignId: string;
      readonly leadId: number;
      readonly sentiment: Sentiment | null;
      readonly disposition: Disposition | null;
      readonly at: Date;
    }
  | { readonly type: 'trunk'; readonly id: string };

export interface LiveFeed {
  publish(event: LiveEvent): void;
  /** Calls `listener` for every event until the returned function is called. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
}

/** The changes of this process, handed to whoever watches. */
export function createLiveFeed(): LiveFeed {
  const listeners = new Set<(event: LiveEvent) => void>();
  return {
    publish(event) {
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
