import { createHash, randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, type Transaction, sql } from 'kysely';
import type { AnswerThresholds } from '../answer/classify.ts';
import { type DialDecision, type DialFacts, decideDial } from '../campaign/dial-decision.ts';
import { bookSlots } from '../campaign/slots.ts';
import { readPhone } from '../contact/phone.ts';
import { zonesOf } from '../schedule/callee-zones.ts';
import type { DB } from './generated.ts';
import { liveTalksOn, lockTalks } from './inbound.ts';
import { liveOnTrunk } from './transfers.ts';

/** An attempt that holds its number, its place under every cap and its slot on the trunk. */
export interface Reserved {
  readonly attemptId: string;
  readonly leadId: number;
  readonly campaignId: string;
  readonly trunkId: string;
  readonly number: string;
  readonly callerId: string;
  readonly dialAt: Date;
  readonly ringTimeoutS: number;
  readonly maxCallS: number;
  /** What the agent says first, a template; empty for an agent that says nothing. */
  readonly greeting: string;
  /** Says that an AI calls, and for whom; before the greeting, unless that says so itself. */
  readonly disclosure: string;
  /** Says that the call is recorded; before all else, unless that is said anyway. */
  readonly recordingNotice: string;
  /** What it leaves on a machine, a template; empty for nothing. */
  readonly voicemailMessage: string;
  /** Whether its agent holds a conversation. */
  readonly talks: boolean;
  /** What the agent speaks, a tag such as `en` or `de-AT`. */
  readonly language: string;
  readonly voice: string;
  readonly speakingRate: number;
  /** What its trunk takes for a person's voice; null for the classifier's own. */
  readonly answerThresholds: AnswerThresholds | null;
  /** The contact's values for the agent's templates, by the names that templates use. */
  readonly values: Readonly<Record<string, string>>;
}

/** What a claim came to: the attempts to place, and how many leads were finished without one. */
export interface Claim {
  /** The database's clock, on which `dialAt` counts. */
  readonly now: Date;
  readonly reserved: readonly Reserved[];
  readonly refused: number;
}

const nothing: Claim = { now: new Date(0), reserved: [], refused: 0 };

/**
 * The claim transaction: campaign and trunk rows locked (their caps are then exact, I7) → due leads → advisory lock
 * on each number (I1, I4) → DNC, gap, caps and window by the database's clock (I3, I8) → slots on the trunk →
 * attempt rows and their proof (I13) → commit. Only then may the PBX hear of an attempt.
 *
 * Claims at most `limit` attempts (of agents that talk, `talkSlots` at once on this PBX) whose slots lie no further
 * than `horizonMs` ahead; none when the campaign is not active, its trunk is paused, or the dialer's lease on `pbx`
 * has passed to another `epoch` (I14).
 */
export async function claimAttempts(
  db: Kysely<DB>,
  claim: {
    campaignId: string;
    pbx: string;
    epoch: number;
    limit: number;
    horizonMs: number;
    talkSlots: number;
  },
): Promise<Claim> {
  return await db.transaction().execute(async (tx) => {
    const campaign = await lockCampaign(tx, claim.campaignId);
    if (!campaign?.trunkId) return nothing;
    if (campaign.talks) await lockTalks(tx, claim);
    const trunk = await lockTrunk(tx, campaign.trunkId);
    if (!trunk) return nothing;
    const { now, liveOfCampaign, liveOfTrunk, liveTalks, leased } = await readCaps(tx, {
      ...claim,
      trunkId: trunk.id,
    });
    if (!leased) return nothing;

    const room = Math.min(
      campaign.maxConcurrent - liveOfCampaign,
      trunk.channels - liveOfTrunk,
      campaign.talks ? claim.talkSlots - liveTalks : Infinity,
      claim.limit,
    );
    const { slots } = bookSlots(now, trunk.nextSlotAt, trunk.callsPerSecond, room, claim.horizonMs);
    if (slots.length === 0) return nothing;

    const due = await lockDueLeads(tx, { campaignId: campaign.id, now, limit: slots.length });
    if (due.length === 0) return nothing;
    const facts = await readFacts(tx, {
      campaignId: campaign.id,
      numbers: due.map((lead) => lead.number),
      now,
    });
    const callerId = campaign.callerId ?? trunk.callerIds[0] ?? '';

    const decided = decide({ campaign, trunk, now, due, facts, slots });
    const reserved = decided.flatMap(({ lead, attempt }): Reserved[] =>
      attempt
        ? [
            {
              ...attempt,
              leadId: lead.id,
              campaignId: campaign.id,
              trunkId: trunk.id,
              number: lead.number,
              callerId,
              ringTimeoutS: campaign.ringTimeoutS,
              maxCallS: campaign.maxCallS,
              greeting: campaign.greeting,
              disclosure: campaign.disclosure,
              recordingNotice: campaign.recordingNotice,
              voicemailMessage: campaign.voicemailMessage,
              talks: campaign.talks,
              language: campaign.language,
              voice: campaign.voice,
              speakingRate: campaign.speakingRate,
              answerThresholds: trunk.answerThresholds,
              values: valuesOf(lead),
            },
          ]
        : [],
    );
    await insertAttempts(tx, { pbx: claim.pbx, reserved });
    await updateLeads(tx, decided);
    await appendDecisions(tx, { campaign, trunkId: trunk.id, callerId, now, decided });
    if (reserved.length > 0) {
      const { nextSlotAt } = bookSlots(
        now,
        trunk.nextSlotAt,
        trunk.callsPerSecond,
        reserved.length,
        claim.horizonMs,
      );
      await tx.updateTable('trunks').set({ nextSlotAt }).where('id', '=', trunk.id).execute();
    }
    return { now, reserved, refused: decided.filter(({ decision }) => decision.verdict === 'refuse').length };
  });
}

type Tx = Transaction<DB>;
type Campaign = NonNullable<Awaited<ReturnType<typeof lockCampaign>>>;
type Trunk = NonNullable<Awaited<ReturnType<typeof lockTrunk>>>;
type NumberFacts = Omit<DialFacts, 'now' | 'callee' | 'dialable'>;
type DueLead = Pick<Selectable<DB['leads']>, 'id' | 'number'> &
  Pick<
    Selectable<DB['contacts']>,
    'timezone' | 'firstName' | 'lastName' | 'email' | 'company' | 'title' | 'custom'
  >;
interface Decided {
  readonly lead: DueLead;
  readonly facts: DialFacts;
  readonly decision: DialDecision;
  readonly attempt?: { readonly attemptId: string; readonly dialAt: Date };
}

function lockCampaign(tx: Tx, campaignId: string) {
  return tx
    .selectFrom('campaigns')
    .innerJoin('agents', 'agents.id', 'campaigns.agentId')
    .select([
      'campaigns.id',
      'trunkId',
      'callerId',
      'windows',
      'maxConcurrent',
      'minGapS',
      'maxPerDay',
      'ringTimeoutS',
      'maxCallS',
      'greeting',
      'disclosure',
      'recordingNotice',
      'voicemailMessage',
      'talks',
      'language',
      'voice',
      'speakingRate',
      'decisionHead',
    ])
    .where('campaigns.id', '=', campaignId)
    .where('state', '=', 'active')
    .forUpdate('campaigns')
    .executeTakeFirst();
}

function lockTrunk(tx: Tx, trunkId: string) {
  return tx
    .selectFrom('trunks')
    .select([
      'id',
      'callerIds',
      'allowedPrefixes',
      'channels',
      'callsPerSecond',
      'nextSlotAt',
      'answerThresholds',
    ])
    .where('id', '=', trunkId)
    .where('pausedBecause', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

interface Caps {
  readonly now: Date;
  readonly liveOfCampaign: number;
  readonly liveOfTrunk: number;
  readonly liveTalks: number;
  readonly leased: boolean;
}

/** Read after the locks, so that the clock and the counts are no older than they. */
async function readCaps(
  tx: Tx,
  { campaignId, trunkId, pbx, epoch }: { campaignId: string; trunkId: string; pbx: string; epoch: number },
) {
  const result = await sql<Caps>`
    select clock_timestamp() as now,
      (select count(*) from attempts where campaign_id = ${campaignId} and ended_at is null) as live_of_campaign,
      ${liveOnTrunk(trunkId)} as live_of_trunk,
      ${liveTalksOn(pbx)} as live_talks,
      exists (select from leases
        where pbx = ${pbx} and epoch = ${epoch} and expires_at > clock_timestamp()) as leased
  `.execute(tx);
  return (
    result.rows[0] ?? { now: new Date(0), liveOfCampaign: 0, liveOfTrunk: 0, liveTalks: 0, leased: false }
  );
}

/** Due leads in the order of their time, those left out whose number another claim or a DNC entry holds. */
async function lockDueLeads(
  tx: Tx,
  { campaignId, now, limit }: { campaignId: string; now: Date; limit: number },
) {
  const { rows } = await sql<DueLead & { locked: boolean }>`
    with due as materialized (
      select id, number, contact_id from leads
      where campaign_id = ${campaignId} and state = 'waiting' and next_at <= ${now}
      order by next_at
      limit ${limit}
      for update skip locked
    )
    select due.id, due.number, contacts.timezone, contacts.first_name, contacts.last_name, contacts.email,
      contacts.company, contacts.title, contacts.custom,
      pg_try_advisory_xact_lock(hashtextextended(due.number, 0)) as locked
    from due join contacts on contacts.id = due.contact_id
  `.execute(tx);
  return rows.filter(({ locked }) => locked);
}

function valuesOf(lead: DueLead): Reserved['values'] {
  return {
    ...lead.custom,
    first_name: lead.firstName ?? '',
    last_name: lead.lastName ?? '',
    email: lead.email ?? '',
    company: lead.company ?? '',
    title: lead.title ?? '',
    phone: lead.number,
  };
}

async function readFacts(
  tx: Tx,
  { campaignId, numbers, now }: { campaignId: string; numbers: readonly string[]; now: Date },
) {
  const { rows } = await sql<NumberFacts>`
    select n.number,
      exists (select from dnc where dnc.number = n.number
        and (dnc.campaign_id is null or dnc.campaign_id = ${campaignId})) as dnc,
      exists (select from attempts a where a.number = n.number and a.ended_at is null) as live,
      (select max(a.reserved_at) from attempts a left join dispositions d on d.code = a.disposition
        where a.number = n.number and d.counts is not false) as last_attempt_at,
      coalesce(day.attempts, 0) as attempts_per_day,
      day.first_at as first_of_day_at
    from unnest(${numbers}::text[]) as n(number)
    cross join lateral (
      select count(*) as attempts, min(a.reserved_at) as first_at
      from attempts a left join dispositions d on d.code = a.disposition
      where a.number = n.number and a.reserved_at > ${now}::timestamptz - interval '24 hours'
        and d.counts is not false
    ) as day
  `.execute(tx);
  return new Map(rows.map((row) => [row.number, row]));
}

async function insertAttempts(
  tx: Tx,
  { pbx, reserved }: { pbx: string; reserved: readonly Reserved[] },
): Promise<void> {
  if (reserved.length === 0) return;
  await tx
    .insertInto('attempts')
    .values(
      reserved.map(({ attemptId, leadId, campaignId, trunkId, number, callerId, dialAt }) => ({
        id: attemptId,
        leadId,
        campaignId,
        trunkId,
        pbx,
        number,
        callerId,
        dialAt,
      })),
    )
    .execute();
}

/** Decides each lead in its turn; a number that stands in the list twice is left for another claim. */
function decide(known: {
  campaign: Campaign;
  trunk: Trunk;
  now: Date;
  due: readonly DueLead[];
  facts: ReadonlyMap<string, NumberFacts>;
  slots: readonly Date[];
}): Decided[] {
  const { campaign, trunk, now } = known;
  const rules = { ...campaign, allowedPrefixes: trunk.allowedPrefixes };
  const slots = [...known.slots];
  const seen = new Set<string>();
  return known.due.flatMap((lead): Decided[] => {
    const ofNumber = known.facts.get(lead.number);
    if (!ofNumber || seen.has(lead.number)) return [];
    seen.add(lead.number);
    const phone = readPhone(lead.number, null);
    const country = 'country' in phone ? phone.country : null;
    const callee = zonesOf({ timezone: lead.timezone, country });
    // The rules are asked about the moment of the INVITE, not that of the claim.
    const facts = {
      ...ofNumber,
      now: slots[0] ?? now,
      dialable: 'country' in phone && phone.number === lead.number,
      callee,
    };
    const decision = decideDial(rules, facts);
    const dialAt = decision.verdict === 'dial' ? slots.shift() : undefined;
    return [{ lead, facts, decision, ...(dialAt && { attempt: { attemptId: randomUUID(), dialAt } }) }];
  });
}

/** Dialed leads are calling, held ones wait until their time, refused ones are done. */
async function updateLeads(tx: Tx, decided: readonly Decided[]): Promise<void> {
  if (decided.length === 0) return;
  const changes = decided.map(({ lead, decision }) => ({
    id: lead.id,
    state: { dial: 'calling', hold: 'waiting', refuse: 'done' }[decision.verdict],
    next_at: decision.verdict === 'hold' ? decision.until : null,
    disposition: decision.verdict === 'refuse' ? decision.disposition : null,
  }));
  await sql`
    update leads set state = c.state, next_at = c.next_at, disposition = coalesce(c.disposition, leads.disposition)
    from json_to_recordset(${JSON.stringify(changes)}::json)
      as c(id bigint, state lead_state, next_at timestamptz, disposition text)
    where leads.id = c.id
  `.execute(tx);
}

/** Appends the proof of each decision to the campaign's chain: hash = sha256(previous hash || proof). */
async function appendDecisions(
  tx: Tx,
  chain: { campaign: Campaign; trunkId: string; callerId: string; now: Date; decided: readonly Decided[] },
): Promise<void> {
  if (chain.decided.length === 0) return;
  let head = chain.campaign.decisionHead;
  const rows = chain.decided.map(({ lead, facts, decision, attempt }) => {
    const proof = JSON.stringify({
      ...facts,
      leadId: lead.id,
      attemptId: attempt?.attemptId ?? null,
      ...decision,
      rules: {
        windows: chain.campaign.windows,
        minGapS: chain.campaign.minGapS,
        maxPerDay: chain.campaign.maxPerDay,
      },
      trunkId: chain.trunkId,
      callerId: chain.callerId,
      dialAt: attempt?.dialAt ?? null,
    });
    head = createHash('sha256').update(head).update(proof).digest();
    return {
      campaignId: chain.campaign.id,
      leadId: lead.id,
      attemptId: attempt?.attemptId ?? null,
      verdict: decision.verdict,
      at: chain.now,
      proof,
      hash: head,
    };
  });
  await tx.insertInto('decisions').values(rows).execute();
  await tx.updateTable('campaigns').set({ decisionHead: head }).where('id', '=', chain.campaign.id).execute();
}
