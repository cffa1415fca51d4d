import { z } from 'zod';
import { defaultRetryPolicy, retryPolicy } from '../campaign/retry.ts';
import { pauseReasons } from '../campaign/state.ts';
import { objectiveFields } from '../conversation/objective.ts';
import { defaultWindows, windowsSchema } from '../schedule/windows.ts';
import { pageQuery } from './page.ts';
import { trunkId } from './trunk.ts';
import { e164, instant, line, patchOf, prose, uuid } from './values.ts';

const fields = {
  name: line,
  description: prose,
  objective: prose,
  objectiveFields: objectiveFields.meta({
    description:
      'What the calls shall bring, read from each transcript; a field is not said or has evidence.',
  }),
  agentId: uuid.nullable(),
  trunkId: trunkId.nullable(),
  callerId: e164.nullable().meta({ description: 'One of the trunk’s; null means its first.' }),
  windows: windowsSchema,
  retry: retryPolicy,
  maxConcurrent: z.int().min(1).max(10_000),
  maxAttempts: z.int().min(1).max(1000),
  minGapSeconds: z
    .int()
    .min(0)
    .max(30 * 86_400),
  maxPer24Hours: z.int().min(1).max(1000).nullable(),
  ringTimeoutSeconds: z.int().min(15).max(120),
  turnTargetMs: z
    .int()
    .min(500)
    .max(10_000)
    .meta({
      description:
        'How soon the agent shall answer, from the last sound of the callee on: while the p95 of the last answers is ' +
        'above it, fewer conversations are dialed at once, but one always.',
    }),
};

/** The five states of a campaign. */
export const campaignState = z.enum(['draft', 'active', 'paused', 'completed', 'cancelled']);

/** Why a paused campaign is paused; it runs again when the last reason is gone. */
export const pauseReason = z.enum(pauseReasons);

/** Body that creates a campaign in draft; what is left out takes the mission's defaults. */
export const campaignCreate = z.strictObject({
  ...fields,
  description: fields.description.default(''),
  objective: fields.objective.default(''),
  objectiveFields: fields.objectiveFields.default([]),
  agentId: fields.agentId.default(null),
  trunkId: fields.trunkId.default(null),
  callerId: fields.callerId.default(null),
  windows: fields.windows.default(defaultWindows),
  retry: fields.retry.default(defaultRetryPolicy),
  maxConcurrent: fields.maxConcurrent.default(1),
  maxAttempts: fields.maxAttempts.default(8),
  minGapSeconds: fields.minGapSeconds.default(300),
  maxPer24Hours: fields.maxPer24Hours.default(null),
  ringTimeoutSeconds: fields.ringTimeoutSeconds.default(30),
  turnTargetMs: fields.turnTargetMs.default(2500),
});

/** Body that changes the named fields of a campaign in draft or paused; `windows` and `retry` as a whole. */
export const campaignPatch = patchOf(fields);

/** A campaign with its settings. */
export const campaign = z
  .strictObject({
    id: uuid,
    ...fields,
    state: campaignState,
    pausedBecause: z.array(pauseReason),
    createdAt: instant,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
  })
  .meta({ id: 'Campaign' });

/** Query of the list of campaigns. */
export const campaignQuery = z.strictObject({
  ...pageQuery.shape,
  state: campaignState.optional(),
  order: z.enum(['newest', 'oldest']).default('newest'),
});
