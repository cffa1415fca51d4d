import { createHash } from 'node:crypto';
import type { Connection } from '../db/database.ts';
import { findDecisionHead, nextLinks } from '../db/decisions.ts';

const BATCH = 2000;

/** Whether a chain is whole; `brokenAt` is the first decision whose hash does not follow, or null. */
export interface ChainReport {
  readonly intact: boolean;
  readonly checked: number;
  readonly brokenAt: number | null;
  /** The last hash, hexadecimal: keep it elsewhere and the past can't be rewritten. */
  readonly head: string;
}

/**
 * Computes a campaign's chain of decisions anew (I13): hash = sha256(previous hash || proof). A chain cut short ends
 * before the head that the campaign holds. Undefined if there is no such campaign.
 */
export async function verifyChain(
  db: Connection,
  { campaignId }: { campaignId: string },
): Promise<ChainReport | undefined> {
  // One snapshot, since decisions may be added meanwhile.
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const head = await findDecisionHead(tx, { campaignId });
      if (!head) return undefined;
      let previous: Uint8Array = new Uint8Array();
      let checked = 0;
      let after = 0;
      for (;;) {
        const links = await nextLinks(tx, { campaignId, after, limit: BATCH });
        for (const { id, proof, hash } of links) {
          const expected = createHash('sha256').update(previous).update(proof).digest();
          if (!hash.equals(expected)) return report({ checked, brokenAt: id, head });
          previous = hash;
          checked += 1;
          after = id;
        }
        if (links.length < BATCH) break;
      }
      return { ...report({ checked, brokenAt: null, head }), intact: head.equals(previous) };
    });
}

const report = ({
  checked,
  brokenAt,
  head,
}: Omit<ChainReport, 'intact' | 'head'> & { head: Buffer }): ChainReport => ({
  intact: brokenAt === null,
  checked,
  brokenAt,
  head: head.toString('hex'),
});
