import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import { insertFirstKey, listKeyHashes } from '../db/api-keys.ts';
import type { DB } from '../db/generated.ts';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Makes the first API key; null when there was one before. Only its hash is stored, so show the key now. */
export async function createFirstKey(db: Kysely<DB>): Promise<string | null> {
  const key = `carillon_${randomBytes(32).toString('base64url')}`;
  const made = await db
    .transaction()
    .execute(async (tx) => insertFirstKey(tx, { name: 'first', sha256: sha256(key) }));
  return made ? key : null;
}

/** Whether a key is one of ours; takes the same time whichever it is. */
export async function isKey(db: Kysely<DB>, key: string): Promise<boolean> {
  const hash = sha256(key);
  let found = false;
  for (const known of await listKeyHashes(db)) found = timingSafeEqual(known, hash) || found;
  return found;
}
