import { z } from 'zod';

const common = {
  name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, {
    error: 'Expected a name such as party_size: small letters, digits, _.',
  }),
  question: z
    .string()
    .trim()
    .min(1, { error: 'Must say what is wanted, as a question.' })
    .max(200, { error: 'At most 200 characters.' }),
};
const option = z.string().trim().min(1).max(60);

/** One thing that a campaign wants to know when a call is over, as a question that a person could answer. */
export const objectiveField = z.discriminatedUnion('type', [
  z.strictObject({ ...common, type: z.enum(['text', 'number', 'date', 'yes_no']) }),
  z.strictObject({ ...common, type: z.literal('choice'), options: z.array(option).min(2).max(12) }),
]);
export type ObjectiveField = z.infer<typeof objectiveField>;

/** All that a campaign wants to know; each name stands once. */
export const objectiveFields = z
  .array(objectiveField)
  .max(20)
  .refine((fields) => new Set(fields.map(({ name }) => name)).size === fields.length, {
    error: 'Two fields have the same name.',
  });

/** What was said to a field: a text, an option, a number, a day as `2026-03-02`, or yes and no as true and false. */
export type FieldValue = string | number | boolean;

/** What a call brought for a field; both are null when it was not said. */
export interface FieldResult {
  readonly name: string;
  readonly value: FieldValue | null;
  /** The callee's line that says so. */
  readonly quote: string | null;
}
