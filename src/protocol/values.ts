import { z } from 'zod';

/** An instant: ISO 8601 in UTC on the wire (`2026-03-29T18:05:00.000Z`), a `Date` in code. */
export const instant = z.codec(
  z.iso.datetime({ error: 'Expected an instant in UTC such as 2026-03-29T18:05:00Z.' }),
  z.date(),
  { decode: (text) => new Date(text), encode: (date) => date.toISOString() },
);

/** A phone number in E.164 with its plus sign. */
export const e164 = z
  .string()
  .regex(/^\+[1-9][0-9]{6,14}$/, { error: 'Expected an E.164 number such as +4930123456.' });

/** A sum of money as the database added it up. */
export const sum = z.string().regex(/^[0-9]+(\.[0-9]+)?$/);

/** A price as a decimal string, without a currency: the trunk's own. */
export const money = z
  .string()
  .regex(/^[0-9]{1,6}(\.[0-9]{1,6})?$/, { error: 'Expected a decimal string such as 0.0125.' });

/** The id of everything but trunks, leads, decisions and DNC entries. */
export const uuid = z.uuid({ error: 'Expected a UUID.' });

/** The id of a row that the database numbers. */
export const serial = z.int().positive();

/** The same in a path or a query, where everything is text. */
export const serialText = z.coerce.number({ error: 'Expected a number.' }).pipe(serial);

/** One line of text: trimmed, not empty, no control characters (they could end up in a SIP header). */
export const line = z
  .string()
  .trim()
  .min(1, { error: 'Must not be empty.' })
  .max(200, { error: 'At most 200 characters.' })
  .regex(/^\P{Cc}*$/u, { error: 'Must be one line without control characters.' });

/** Free text of several lines, possibly empty. */
export const prose = z.string().max(20_000, { error: 'At most 20,000 characters.' });

/** Path parameters of a route below one UUID. */
export const byUuid = z.strictObject({ id: uuid });

/** Path parameters of a route below one numbered row. */
export const bySerial = z.strictObject({ id: serialText });

/** The change of some of the fields, at least one. */
export const patchOf = <Fields extends z.ZodRawShape>(fields: Fields) =>
  z
    .strictObject(fields)
    .partial()
    .refine((change) => Object.keys(change).length > 0, { error: 'Name at least one field to change.' });
