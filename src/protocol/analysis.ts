import { z } from 'zod';
import { sentiments } from '../conversation/analysis.ts';

/** How a callee felt about a call. */
export const sentiment = z.enum(sentiments);

/** A value with the line of the callee that shows it. */
export const shown = <Value extends z.ZodType>(value: Value) => z.strictObject({ value, quote: z.string() });
