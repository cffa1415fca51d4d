import { z } from 'zod';

/** An RFC 9457 problem document: the body of every answer that is not a success. */
export const problem = z
  .strictObject({
    type: z
      .string()
      .meta({ description: 'What kind of problem; a stable name such as /problems/not-found.' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'What went wrong here and what to do about it.' }),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().meta({ description: 'Where, as a JSON pointer (RFC 6901) into the input.' }),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;
