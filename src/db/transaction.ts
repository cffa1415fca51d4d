import type { Connection, Database } from './database.ts';

/** Runs `work` in a transaction that is rolled back when its outcome is a refusal, or when it throws. */
export async function commitUnless<Outcome>(
  isRefused: (outcome: Outcome) => boolean,
  db: Connection,
  work: (tx: Database) => Promise<Outcome>,
): Promise<Outcome> {
  const tx = await db.startTransaction().execute();
  try {
    const outcome = await work(tx);
    await (isRefused(outcome) ? tx.rollback() : tx.commit()).execute();
    return outcome;
  } catch (error) {
    if (!tx.isCommitted) await tx.rollback().execute();
    throw error;
  }
}
