import { z } from 'zod';
import { instant, serial, uuid } from './values.ts';

/** One decision to dial or not, with its proof: the very text that the hash covers. */
export const decision = z
  .strictObject({
    id: serial,
    leadId: serial,
    attemptId: uuid.nullable(),
    verdict: z.enum(['dial', 'hold', 'refuse']),
    at: instant,
    proof: z.string(),
    hash: z
      .string()
      .meta({ description: 'sha256(previous hash ‖ proof), hexadecimal; the first has no previous.' }),
  })
  .meta({ id: 'Decision' });

/** Whether a campaign's chain of decisions is whole; `brokenAt` names the first decision that does not fit. */
export const chainReport = z.strictObject({
  intact: z.boolean(),
  checked: z.int(),
  brokenAt: serial.nullable(),
  head: z.string(),
});
