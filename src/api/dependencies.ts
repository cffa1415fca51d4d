import type { FastifyBaseLogger } from 'fastify';
import type { Voices } from '../conversation/engines.ts';
import type { Connection } from '../db/database.ts';
import type { CallCommands, CampaignCommands } from '../engine/commands.ts';
import type { LiveFeed } from '../engine/live.ts';
import type { Metrics } from '../engine/metrics.ts';
import type { PaceMetrics } from '../engine/paces.ts';
import type { Trunks } from '../engine/trunks.ts';

/** What the API needs of the rest of the service. */
export interface Dependencies {
  readonly db: Connection;
  readonly log: FastifyBaseLogger;
  readonly campaigns: CampaignCommands;
  readonly calls: CallCommands;
  readonly trunks: Pick<Trunks, 'push' | 'remove' | 'status'>;
  readonly live: Pick<LiveFeed, 'subscribe'>;
  /** The folder below which every recording lies. */
  readonly recordings: string;
  /** Seals the trunks' passwords: 32 bytes. */
  readonly secretKey: Uint8Array;
  /** There may be more to dial. */
  readonly wakeDialer: () => void;
  /** Whether conversations can be held now. */
  readonly canTalk: () => boolean;
  /** The voices that agents may have; null where none can be had. */
  readonly voices: Pick<Voices, 'standard' | 'names'> | null;
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: () => ServiceMetrics;
}

/** Whether the service has all that it needs; a part that is missing names the problem and the way to get it. */
export interface Readiness {
  readonly ready: boolean;
  readonly parts: {
    readonly name: string;
    readonly ok: boolean;
    readonly problem: string | null;
    readonly remedy: string | null;
  }[];
}

/** What `/metrics` tells. */
export interface ServiceMetrics extends Metrics, PaceMetrics {
  readonly activeCalls: number;
  readonly ariConnected: boolean;
  /** How many trunks are in use, and how many of them do not answer. */
  readonly trunks: { readonly total: number; readonly unreachable: number };
}
