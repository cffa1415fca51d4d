import { z } from 'zod';
import { ANSWER_CLASSES } from '../answer/verdict.ts';
import { trunkId } from './trunk.ts';
import { instant, line, uuid } from './values.ts';

const answerClass = z.enum(ANSWER_CLASSES);

/** Body that corrects who or what answered a call; `by` is the person who has listened. */
export const verdictPatch = z.strictObject({ class: answerClass, by: line });

/** Who or what answered, by a person's word. */
export const correction = z.strictObject({ class: answerClass, by: z.string(), at: instant });

/** Who or what answered, by ear; `atMs` counts from the answer, or from the first early media. */
export const verdict = z.strictObject({
  class: answerClass,
  phase: z.enum(['early', 'answered']),
  atMs: z.number(),
  margin: z.number().meta({ description: 'How sure, 0 to 1.' }),
});

/** A corrected call: what was told of it and what is so. */
export const correctedCall = z
  .strictObject({
    ...correction.shape,
    callId: uuid,
    trunkId,
    told: answerClass.nullable(),
    hasRecording: z.boolean(),
  })
  .meta({ id: 'CorrectedCall' });

/** How well the corrected calls of each trunk were judged; rates are null without a call that they speak of. */
export const confusion = z
  .strictObject({
    trunks: z.array(
      z.strictObject({
        trunkId,
        calls: z.int(),
        humanToMachine: z.number().nullable(),
        machineToHuman: z.number().nullable(),
        confusion: z
          .partialRecord(answerClass, z.partialRecord(answerClass, z.int()))
          .meta({ description: 'Calls by what is so, then by what was told.' }),
      }),
    ),
  })
  .meta({ id: 'Confusion' });
