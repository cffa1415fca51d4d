import { statfs } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { PauseReason } from '../campaign/state.ts';
import type { Connection } from '../db/database.ts';
import { runningCampaigns } from '../db/dialing.ts';
import type { CampaignCommands } from './commands.ts';

const CHECK_MS = 3000;
/** Below this there is no room for the evidence of calls (I12); a day of one call after another fills 2.8 GB. */
const LEAST_FREE_BYTES = 500 * 1024 * 1024;

/** What a campaign's agent does: it says something, with this voice; it holds a conversation. */
interface Needs {
  readonly speaks: boolean;
  readonly voice: string;
  readonly talks: boolean;
}

/** What the service itself lacks; campaigns that need it are paused for that reason and resume when it is there. */
export interface Guards {
  /** Whether the campaign may be dialed; pauses it when not. */
  mayDial(campaign: Needs & { readonly id: string }): Promise<boolean>;
  /** Whether all is there that an agent needs. */
  mayTalk(agent: Needs): boolean;
  stop(): void;
}

/** Watches the disk, and the engines that agents need. */
export async function createGuards(parts: {
  db: Connection;
  log: Logger;
  hasVoice: (voice: string) => boolean;
  /** Whether the engines of a conversation are there and well. */
  canTalk: () => boolean;
  recordingsFolder: string;
  campaigns: Pick<CampaignCommands, 'hold' | 'release'>;
}): Promise<Guards> {
  const { db, log, campaigns } = parts;
  let diskIsFull = false;

  const lacking = ({ speaks, voice, talks }: Needs): Exclude<PauseReason, 'operator'>[] => [
    ...((speaks && !parts.hasVoice(voice)) || (talks && !parts.canTalk()) ? (['engine'] as const) : []),
    ...(diskIsFull ? (['disk'] as const) : []),
  ];

  async function check(): Promise<void> {
    const { bavail, bsize } = await statfs(parts.recordingsFolder);
    const full = bavail * bsize < LEAST_FREE_BYTES;
    if (full !== diskIsFull)
      log.warn({ freeBytes: bavail * bsize }, full ? 'disk is full' : 'disk has room again');
    diskIsFull = full;
    for (const campaign of await runningCampaigns(db)) {
      const needed = lacking(campaign);
      for (const reason of ['engine', 'disk'] as const) {
        const held = campaign.pausedBecause.includes(reason);
        if (held && !needed.includes(reason)) await campaigns.release(campaign.id, reason);
        if (!held && needed.includes(reason)) await campaigns.hold(campaign.id, reason);
      }
    }
  }

  await check();
  const timer = setInterval(() => {
    check().catch((error: unknown) => log.error({ err: error }, 'the service could not check itself'));
  }, CHECK_MS);
  return {
    async mayDial(campaign) {
      const reasons = lacking(campaign);
      for (const reason of reasons) await campaigns.hold(campaign.id, reason);
      return reasons.length === 0;
    },
    mayTalk: (agent) => lacking(agent).length === 0,
    stop: () => clearInterval(timer),
  };
}
