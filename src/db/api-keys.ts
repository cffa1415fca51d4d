import { sql } from 'kysely';
import type { Database } from './database.ts';

/** The hashes of all keys that are not revoked. */
export async function listKeyHashes(db: Database): Promise<Buffer[]> {
  const rows = await db.selectFrom('apiKeys').select('sha256').where('revokedAt', 'is', null).execute();
  return rows.map(({ sha256 }) => sha256);
}

/** Adds a key by its hash if there was never any; false if there was. Two instances that start at once add one. */
export async function insertFirstKey(
  tx: Database,
  { name, sha256 }: { name: string; sha256: Buffer },
): Promise<boolean> {
  await sql`lock table api_keys in share row exclusive mode`.execute(tx);
  const any = await tx.selectFrom('apiKeys').select('id').limit(1).executeTakeFirst();
  if (any) return false;
  await tx.insertInto('apiKeys').values({ name, sha256 }).execute();
  return true;
}
