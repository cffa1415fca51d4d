import { type Kysely, sql } from 'kysely';
import { type RetryPolicy, defaultRetryPolicy } from '../../src/campaign/retry.ts';
import type { DB } from '../../src/db/generated.ts';
import { type Windows, alwaysOpen } from '../../src/schedule/windows.ts';

/** Numbers that Ofcom keeps for drama (0113 496 0000 to 0999); `index` below 1000. */
export const dramaNumber = (index: number): string => `+441134960${String(index).padStart(3, '0')}`;

export interface SeededCampaign {
  readonly id: string;
  readonly trunkId: string;
}

/** An active campaign with one lead per number; contacts are shared between campaigns that name the same number. */
export async function seedActiveCampaign(
  db: Kysely<DB>,
  seed: {
    numbers: readonly string[];
    trunkId?: string;
    windows?: Windows;
    retry?: RetryPolicy;
    campaign?: {
      maxConcurrent?: number;
      maxAttempts?: number;
      minGapS?: number;
      maxPerDay?: number | null;
      turnTargetMs?: number;
    };
    trunk?: { channels?: number; callsPerSecond?: number; allowedPrefixes?: string[] };
    greeting?: string;
    talks?: boolean;
    timezone?: string;
  },
): Promise<SeededCampaign> {
  const trunkId = seed.trunkId ?? 'carrier';
  await db
    .insertInto('trunks')
    .values({
      id: trunkId,
      name: 'Carrier',
      host: '127.0.0.1',
      callerIds: ['+442079460000'],
      allowedPrefixes: ['+44'],
      channels: 1000,
      callsPerSecond: 1000,
      ...seed.trunk,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { id: agentId } = await db
    .insertInto('agents')
    .values({ name: 'Anna', greeting: seed.greeting ?? 'Hello.', talks: seed.talks ?? false })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id } = await db
    .insertInto('campaigns')
    .values({
      name: 'Campaign',
      agentId,
      trunkId,
      state: 'active',
      windows: JSON.stringify(seed.windows ?? alwaysOpen),
      retry: JSON.stringify(seed.retry ?? defaultRetryPolicy),
      maxConcurrent: 1000,
      minGapS: 0,
      ...seed.campaign,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql`
    with missing as (
      select gen_random_uuid() as id, number from unnest(${seed.numbers}::text[]) as wanted(number)
      where not exists (select from contact_numbers c where c.number = wanted.number)
    ), people as (
      insert into contacts (id, timezone) select id, ${seed.timezone ?? null}::text from missing
    )
    insert into contact_numbers (number, contact_id) select number, id from missing
  `.execute(db);
  await sql`
    insert into leads (campaign_id, contact_id, number)
    select ${id}, contact_id, number from contact_numbers where number = any(${seed.numbers}::text[])
  `.execute(db);
  return { id, trunkId };
}

/** Gives the dialer of `pbx` its lease and returns the epoch. */
export async function seedLease(db: Kysely<DB>, pbx: string): Promise<number> {
  await db
    .insertInto('leases')
    .values({ pbx, holder: crypto.randomUUID(), expiresAt: sql<Date>`now() + interval '1 hour'` })
    .execute();
  return 1;
}
