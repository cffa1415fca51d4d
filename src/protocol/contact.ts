import { z } from 'zod';
import { isZone } from '../schedule/zone.ts';
import { pageQuery } from './page.ts';
import { e164, instant, line, patchOf, uuid } from './values.ts';

const timezone = z
  .string()
  .refine(isZone, { error: 'Expected the IANA zone of a place such as Europe/Berlin.' });

const fields = {
  firstName: line.nullable(),
  lastName: line.nullable(),
  email: z.email({ error: 'Expected an e-mail address.' }).nullable(),
  company: line.nullable(),
  title: line.nullable(),
  timezone: timezone.nullable(),
  custom: z.record(z.string().min(1).max(100), z.string().max(4000)),
  numbers: z
    .array(e164)
    .min(1, { error: 'A contact needs at least one number.' })
    .max(10)
    .refine((numbers) => new Set(numbers).size === numbers.length, { error: 'A number stands there twice.' }),
};

/** Body that creates a contact by hand; the first number is the one that is dialed. */
export const contactCreate = z.strictObject({
  ...fields,
  firstName: fields.firstName.default(null),
  lastName: fields.lastName.default(null),
  email: fields.email.default(null),
  company: fields.company.default(null),
  title: fields.title.default(null),
  timezone: fields.timezone.default(null),
  custom: fields.custom.default({}),
});

/** Body that changes the named fields of a contact; `numbers` and `custom` are replaced as a whole. */
export const contactPatch = patchOf(fields);

/** A person with one or more numbers, the one to dial first. */
export const contact = z
  .strictObject({
    id: uuid,
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    email: z.string().nullable(),
    company: z.string().nullable(),
    title: z.string().nullable(),
    timezone: z.string().nullable(),
    custom: z.record(z.string(), z.string()),
    numbers: z.array(e164),
    createdAt: instant,
  })
  .meta({ id: 'Contact' });

/** Which contacts: all given conditions hold; `search` looks in names, company and e-mail. */
export const contactFilter = z.strictObject({
  search: z.string().trim().min(1).max(100).optional(),
  number: e164.optional(),
  company: z.string().min(1).max(200).optional(),
  timezone: timezone.optional(),
});

/** Query of the list of contacts. */
export const contactQuery = z.strictObject({
  ...pageQuery.shape,
  ...contactFilter.shape,
  order: z.enum(['newest', 'oldest']).default('newest'),
});
