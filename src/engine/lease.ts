import type { Logger } from 'pino';
import type { Connection } from '../db/database.ts';
import { holdLease, releaseLease } from '../db/leases.ts';

const LEASE_S = 10;
const RENEW_MS = 3000;

/** The right to dial on one PBX, renewed while this process lives (I14). */
export interface Lease {
  /** Null while another dialer holds the PBX, or while the database could not confirm that it does not. */
  epoch(): number | null;
  release(): Promise<void>;
}

/** Takes the lease as soon as it is free and keeps it; `onChange` tells when it is won or lost. */
export async function keepLease(
  db: Connection,
  { pbx, log, onChange }: { pbx: string; log: Logger; onChange: () => void },
): Promise<Lease> {
  const holder = crypto.randomUUID();
  let epoch: number | null = null;
  let expiresAt = 0;

  const renew = async (): Promise<void> => {
    const asked = performance.now();
    const held = await holdLease(db, { pbx, holder, seconds: LEASE_S });
    expiresAt = asked + LEASE_S * 1000;
    if (held === epoch) return;
    epoch = held;
    log.info({ held: held !== null }, 'dialing lease changed');
    onChange();
  };
  await renew();
  const timer = setInterval(() => {
    // The lease then runs out by itself, here and in the database.
    renew().catch((error: unknown) => log.error({ err: error }, 'lease could not be renewed'));
  }, RENEW_MS);
  return {
    epoch: () => (performance.now() < expiresAt ? epoch : null),
    async release() {
      clearInterval(timer);
      epoch = null;
      await releaseLease(db, { pbx, holder });
    },
  };
}
