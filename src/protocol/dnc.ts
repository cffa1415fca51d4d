import { z } from 'zod';
import { pageQuery } from './page.ts';
import { e164, instant, serial, uuid } from './values.ts';

const reason = z.string().trim().max(500);

/** Body that puts a number on the do-not-call list, of one campaign or (null) of all. */
export const dncCreate = z.strictObject({
  number: e164,
  campaignId: uuid.nullable().default(null),
  reason: reason.default(''),
});

/** A do-not-call entry. */
export const dncEntry = z
  .strictObject({
    id: serial,
    number: e164,
    campaignId: uuid.nullable(),
    source: z.enum(['operator', 'callee', 'import']),
    reason,
    createdAt: instant,
  })
  .meta({ id: 'DncEntry' });

/** Query of the do-not-call list; `number` asks for one. */
export const dncQuery = z.strictObject({ ...pageQuery.shape, number: e164.optional() });
