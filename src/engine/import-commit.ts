import { rateList, verdicts, type ImportCounts, type ListQuality, type Verdict } from '../contact/list.ts';
import type { JudgedRow } from '../contact/judge.ts';
import type { Database } from '../db/database.ts';
import {
  deleteAcceptedRows,
  holdCampaignState,
  insertImportedContacts,
  insertImportedLeads,
} from '../db/import-commit.ts';
import { countRows, judgeByDatabase, listRows } from '../db/import-rows.ts';
import { findImport, lockImport, markCommitted } from '../db/imports.ts';

/** Why a list is not committed. */
export type CommitProblem = 'missing' | 'not_staged' | 'campaign_missing' | 'campaign_ended';

const SAMPLE_ROWS = 10;

/** A list as it is now: how it was read, how good it is, and the first rows of each verdict. */
export async function previewImport(db: Database, { id }: { id: string }) {
  const found = await findImport(db, { id });
  if (!found) return undefined;
  const { mapping, counts, ...list } = found;
  const samples = await Promise.all(
    verdicts.map(async (verdict): Promise<[Verdict, readonly JudgedRow[]]> => {
      const page = await listRows(db, {
        importId: id,
        verdicts: [verdict],
        after: undefined,
        limit: SAMPLE_ROWS,
      });
      return [verdict, page.items];
    }),
  );
  const counted: ImportCounts = { ...noRows, ...counts };
  const quality: ListQuality = rateList(counted);
  return {
    ...list,
    columns: mapping.columns,
    warnings: mapping.warnings,
    counts: counted,
    quality,
    samples: Object.fromEntries(samples) as Record<Verdict, readonly JudgedRow[]>,
  };
}

const noRows: ImportCounts = { accepted: 0, duplicate: 0, invalid: 0, dnc: 0, named: 0 };

/**
 * Makes contacts of the accepted rows of a staged list, all or none, and leads of a campaign if one is given:
 * of the new contacts and of those that were known before. Numbers on the do-not-call list by now become neither.
 */
export async function commitImport(
  db: Database,
  { id, campaignId }: { id: string; campaignId: string | null },
): Promise<{ readonly counts: ImportCounts } | { readonly problem: CommitProblem }> {
  return db.transaction().execute(async (tx) => {
    const staged = await lockImport(tx, { id });
    if (!staged) return { problem: 'missing' };
    if (staged.state !== 'staged') return { problem: 'not_staged' };
    if (campaignId !== null) {
      const state = await holdCampaignState(tx, { campaignId });
      if (state === undefined) return { problem: 'campaign_missing' };
      if (state === 'completed' || state === 'cancelled') return { problem: 'campaign_ended' };
    }
    await judgeByDatabase(tx, { importId: id });
    const judged = await countRows(tx, { importId: id });
    const contacts = await insertImportedContacts(tx, { importId: id });
    const leads = campaignId === null ? 0 : await insertImportedLeads(tx, { importId: id, campaignId });
    const counts = { ...judged, contacts, leads };
    await deleteAcceptedRows(tx, { importId: id });
    await markCommitted(tx, { id, counts });
    return { counts };
  });
}
