import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals a secret for the database with a 32-byte key: IV, tag, ciphertext. `place` (whose secret it is, such as a trunk's id) is
 * authenticated too, so that a sealed secret moved to another row does not open there.
 */
export function seal(key: Uint8Array, place: string, secret: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(place));
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
}

/** Opens what `seal` made; throws `SECRET_UNREADABLE` with another key, in another place, or when it was changed. */
export function unseal(key: Uint8Array, place: string, sealed: Uint8Array): string {
  const iv = sealed.subarray(0, IV_BYTES);
  const tag = sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
    return decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    const why = `The secret of ${place} was sealed with another CARILLON_SECRET_KEY, or it is damaged`;
    throw Object.assign(new Error(why, { cause }), { code: 'SECRET_UNREADABLE' });
  }
}
