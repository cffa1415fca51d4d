import { z } from 'zod';
import { instant, line, uuid } from './values.ts';

/** The longest text of a document, in characters. */
export const MOST_LETTERS = 200_000;

/** Path parameters of a route below one document. */
export const byDocument = z.strictObject({ id: uuid, documentId: uuid });

/** Body that adds or replaces a document: text or Markdown that an agent answers from. */
export const documentBody = z.strictObject({
  name: line,
  text: z
    .string()
    .max(MOST_LETTERS, { error: `At most ${MOST_LETTERS.toLocaleString('en')} characters; cut it in parts.` })
    .regex(/\p{L}/u, { error: 'Must hold words.' })
    .regex(/^\P{Cc}*$|^[^\0]*$/u, { error: 'Must be text; this holds characters of value zero.' })
    .meta({
      description: 'Plain text or Markdown. Headings and paragraphs decide where it is cut into passages.',
    }),
});

/** A document in a list, without its text. */
export const documentListed = z
  .strictObject({
    id: uuid,
    name: z.string(),
    passages: z
      .int()
      .meta({ description: 'How many pieces it was cut into, of which a turn is given two at most.' }),
    createdAt: instant,
    changedAt: instant,
  })
  .meta({ id: 'DocumentListed' });

/** A document: what an agent knows beside its persona. */
export const document = z
  .strictObject({ ...documentListed.shape, text: z.string() })
  .meta({ id: 'Document' });
