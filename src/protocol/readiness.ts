import { z } from 'zod';

/** What the service needs, part by part; a part that is missing says why and how to get it. */
export const readiness = z.strictObject({
  ready: z.boolean(),
  parts: z.array(
    z.strictObject({
      name: z.string(),
      ok: z.boolean(),
      problem: z.string().nullable(),
      remedy: z.string().nullable(),
    }),
  ),
});
