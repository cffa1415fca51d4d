import { z } from 'zod';
import { disposition } from './lead.ts';
import { instant, sum } from './values.ts';

/** How a campaign stands. Rates are fractions of 1; what is not known yet is null. */
export const stats = z
  .strictObject({
    asOf: instant,
    leads: z.strictObject({
      total: z.int(),
      called: z.int().meta({ description: 'Rung at least once.' }),
      remaining: z.int().meta({ description: 'Not done: to be rung first or again.' }),
      byDisposition: z.partialRecord(disposition, z.int()),
    }),
    calls: z.strictObject({
      total: z.int(),
      active: z.int(),
      connected: z.int(),
      connectRate: z.number().nullable(),
      averageTalkSeconds: z.number().nullable(),
      totalCost: sum,
      byDisposition: z.partialRecord(disposition, z.int()),
    }),
    sentiment: z.strictObject({ positive: z.int(), neutral: z.int(), negative: z.int() }).meta({
      description: 'Of the calls that were analysed, those in which a line of the callee shows it.',
    }),
    estimatedCompletion: z.discriminatedUnion('known', [
      z.strictObject({ known: z.literal(true), at: instant }),
      z.strictObject({ known: z.literal(false), because: z.string() }),
    ]),
  })
  .meta({ id: 'Stats' });
