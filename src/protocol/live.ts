import { z } from 'zod';
import { sentiment } from './analysis.ts';
import { campaignState, pauseReason } from './campaign.ts';
import { disposition } from './lead.ts';
import { trunkId, trunkStatus } from './trunk.ts';
import { instant, serial, uuid } from './values.ts';

/** What the websocket sends: each names what changed and carries its new state. */
export const liveMessage = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('campaign'),
      id: uuid,
      state: campaignState,
      pausedBecause: z.array(pauseReason),
    }),
    z.strictObject({
      type: z.literal('call'),
      id: uuid,
      campaignId: uuid,
      leadId: serial,
      state: z.enum(['reserved', 'dialing', 'ringing', 'answered', 'ended']),
      disposition: disposition.nullable(),
      at: instant,
    }),
    z.strictObject({
      type: z.literal('analysis'),
      callId: uuid,
      campaignId: uuid,
      leadId: serial,
      sentiment: sentiment.nullable(),
      disposition: disposition.nullable(),
      at: instant,
    }),
    z.strictObject({ type: z.literal('trunk'), id: trunkId, status: trunkStatus }),
  ])
  .meta({ id: 'LiveMessage' });
export type LiveMessage = z.infer<typeof liveMessage>;
