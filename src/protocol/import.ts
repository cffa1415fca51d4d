import { z } from 'zod';
import { pageQuery } from './page.ts';
import { instant, uuid } from './values.ts';

const fields = ['phone', 'firstName', 'lastName', 'email', 'company', 'title', 'timezone'] as const;

/** What becomes of a column: a field of the contact, a custom field under its own name, or nothing. */
const target = z.enum([...fields, 'custom', 'ignored']);

/** ISO 3166 alpha-2. */
const country = z.string().regex(/^[A-Z]{2}$/, { error: 'Expected a country such as DE.' });

const mapping = z.record(z.string().max(200), target);

/** What may accompany an uploaded list, before the file: columns by name (JSON), and whose national numbers it holds. */
export const importFields = z.strictObject({
  mapping: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue('Expected JSON such as {"Handy": "phone"}.');
        return z.NEVER;
      }
    })
    .pipe(mapping)
    .default({}),
  defaultCountry: country.nullable().default(null),
});

/** Body that has a list read anew with other columns or another country. */
export const importRemap = z.strictObject({
  mapping: mapping.default({}),
  defaultCountry: country.nullable().default(null),
});

/** Body of the commit: contacts only, or leads of a campaign too. */
export const importCommit = z.strictObject({ campaignId: uuid.nullable().default(null) });

const verdict = z.enum(['accepted', 'duplicate', 'invalid', 'dnc']);

/** A row of a list with its verdict; `rowNumber` counts as spreadsheets do, the header being row 1. */
export const importRow = z.strictObject({
  rowNumber: z.int(),
  verdict,
  reason: z.string().nullable(),
  number: z.string().nullable(),
  contact: z
    .strictObject({
      firstName: z.string().nullable(),
      lastName: z.string().nullable(),
      email: z.string().nullable(),
      company: z.string().nullable(),
      title: z.string().nullable(),
      timezone: z.string().nullable(),
      custom: z.record(z.string(), z.string()),
    })
    .nullable(),
  raw: z.array(z.string()).readonly(),
});

const counts = z.strictObject({
  accepted: z.int(),
  duplicate: z.int(),
  invalid: z.int(),
  dnc: z.int(),
  named: z.int(),
  contacts: z.int().optional(),
  leads: z.int().optional(),
});

/** A list as it was read: what its columns mean, how good it is, and the first rows of each verdict. */
export const importPreview = z
  .strictObject({
    id: uuid,
    fileName: z.string(),
    state: z.enum(['reading', 'staged', 'committed', 'failed']),
    defaultCountry: z.string().nullable(),
    problem: z.string().nullable(),
    createdAt: instant,
    committedAt: instant.nullable(),
    columns: z.array(z.strictObject({ name: z.string(), target })).readonly(),
    warnings: z.array(z.string()).readonly(),
    counts,
    quality: z.strictObject({
      rows: z.int(),
      valid: z.number(),
      unique: z.number(),
      callable: z.number(),
      named: z.number(),
    }),
    samples: z.record(verdict, z.array(importRow).readonly()),
  })
  .meta({ id: 'Import' });

/** What a commit made. */
export const importCommitted = z.strictObject({ counts });

/** Query of a list's rows, of one verdict or of all, in the order of the file. */
export const importRowQuery = z.strictObject({
  ...pageQuery.shape,
  verdict: verdict.optional(),
});
