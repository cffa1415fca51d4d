import { sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * Takes or renews the lease on a PBX for `seconds`; returns its epoch, or null while another holder's lease lasts.
 * A new holder gets a new epoch, which fences off claims of the old one (I14).
 */
export async function holdLease(
  db: Database,
  { pbx, holder, seconds }: { pbx: string; holder: string; seconds: number },
): Promise<number | null> {
  const { rows } = await sql<{ epoch: number }>`
    insert into leases (pbx, holder, expires_at)
    values (${pbx}, ${holder}, clock_timestamp() + make_interval(secs => ${seconds}))
    on conflict (pbx) do update set
      holder = excluded.holder,
      expires_at = excluded.expires_at,
      epoch = leases.epoch + (leases.holder <> excluded.holder)::int
    where leases.holder = excluded.holder or leases.expires_at < clock_timestamp()
    returning epoch
  `.execute(db);
  return rows[0]?.epoch ?? null;
}

/** Gives a lease back, so that the next dialer need not wait for it to expire. */
export async function releaseLease(
  db: Database,
  { pbx, holder }: { pbx: string; holder: string },
): Promise<void> {
  await db
    .updateTable('leases')
    .set({ expiresAt: sql<Date>`clock_timestamp()` })
    .where('pbx', '=', pbx)
    .where('holder', '=', holder)
    .execute();
}
