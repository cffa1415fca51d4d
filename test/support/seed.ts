import { randomUUID } from 'node:crypto';
import type { AnswerClass } from '../../src/answer/verdict.ts';
import type { Disposition } from '../../src/call/disposition.ts';
import { defaultRetryPolicy } from '../../src/campaign/retry.ts';
import type { CampaignState } from '../../src/campaign/state.ts';
import type { Database } from '../../src/db/database.ts';
import type { AttemptState } from '../../src/db/generated.ts';
import { alwaysOpen } from '../../src/schedule/windows.ts';

const trunkId = 'seeded';

/** A trunk, an agent and a campaign with them; resolves to the campaign's id. */
export async function seedCampaign(
  db: Database,
  { state = 'draft' }: { state?: CampaignState } = {},
): Promise<string> {
  await db
    .insertInto('trunks')
    .values({
      id: trunkId,
      name: 'Seeded',
      host: 'sip.example.org',
      callerIds: ['+4930000000'],
      allowedPrefixes: ['+49'],
      channels: 10,
      callsPerSecond: 10,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const agent = await db
    .insertInto('agents')
    .values({ name: 'Ada', greeting: 'Hello' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const campaign = await db
    .insertInto('campaigns')
    .values({
      name: 'Seeded',
      agentId: agent.id,
      trunkId,
      windows: JSON.stringify(alwaysOpen),
      retry: JSON.stringify(defaultRetryPolicy),
      state,
      pausedBecause: state === 'paused' ? ['operator'] : [],
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return campaign.id;
}

/** A new contact that is a lead; resolves to the lead's id. */
export async function seedLead(
  db: Database,
  { campaignId, number }: { campaignId: string; number: string },
): Promise<number> {
  const contact = await db
    .insertInto('contacts')
    .values({ firstName: 'Cem', lastName: 'Demir' })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('contactNumbers')
    .values({ number, contactId: contact.id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const lead = await db
    .insertInto('leads')
    .values({ campaignId, contactId: contact.id, number })
    .returning('id')
    .executeTakeFirstOrThrow();
  return lead.id;
}

/** An attempt at a lead of its own, live in a state or ended with a disposition; resolves to its id. */
export async function seedAttempt(
  db: Database,
  attempt: { campaignId: string; number: string } & (
    { state: Exclude<AttemptState, 'ended'> } | { disposition: Disposition }
  ),
): Promise<string> {
  const { campaignId, number } = attempt;
  const leadId = await seedLead(db, { campaignId, number });
  const id = randomUUID();
  await db
    .insertInto('attempts')
    .values({
      id,
      leadId,
      campaignId,
      trunkId,
      pbx: 'test',
      number,
      callerId: '+4930000000',
      dialAt: new Date(),
      ...('state' in attempt
        ? { state: attempt.state }
        : { state: 'ended', endedAt: new Date(), disposition: attempt.disposition }),
    })
    .execute();
  return id;
}

/** An attempt that ended on the wire, answered for `talkSeconds` if given; resolves to its id. */
export async function seedCall(
  db: Database,
  call: {
    campaignId: string;
    number: string;
    disposition: Disposition;
    talkSeconds?: number;
    cost?: string;
    recording?: string;
    verdict?: AnswerClass;
  },
): Promise<string> {
  const verdict = call.verdict && { class: call.verdict, phase: 'answered', atMs: 1500, margin: 1 };
  const id = await seedAttempt(db, call);
  const dialedAt = new Date('2026-03-02T10:00:00Z');
  const answeredAt = call.talkSeconds === undefined ? null : new Date('2026-03-02T10:00:05Z');
  const endedAt = new Date((answeredAt ?? dialedAt).getTime() + (call.talkSeconds ?? 20) * 1000);
  await db
    .insertInto('calls')
    .values({
      id,
      dialedAt,
      answeredAt,
      endedAt,
      sipCode: call.disposition === 'busy' ? 486 : null,
      q850: call.disposition === 'busy' ? 17 : 16,
      evidence: JSON.stringify({ dialedAt, endedAt, verdict }),
      cost: call.cost ?? '0',
      recording: call.recording ?? null,
      recordingSha256: call.recording === undefined ? null : Buffer.alloc(32, 1),
      recordingMs: call.recording === undefined ? null : 1000,
    })
    .execute();
  return id;
}
