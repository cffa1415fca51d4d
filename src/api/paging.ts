import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Page, PageRequest } from '../db/page.ts';
import { refuse } from './problem.ts';

/** How a list is walked: the name of its order and the shape of a place in it. */
export interface Walk<Place> {
  readonly order: string;
  readonly place: z.ZodType<Place>;
}

/** A place in a list ordered by a time. */
export const timePlace = z.strictObject({ at: z.int(), id: z.uuid() });

/** A place in a list of numbered rows. */
export const serialPlace = z.int().positive();

/** Answers with the page of a list that the query asks for, or refuses a cursor that this walk did not make. */
export async function answerPage<Place, Item>(
  reply: FastifyReply,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  { order, place }: Walk<Place>,
  list: (page: PageRequest<Place>) => Promise<Page<Item, Place>>,
) {
  const after =
    cursor === undefined ? undefined : z.tuple([z.literal(order), place]).safeParse(parseJson(cursor));
  if (after?.success === false)
    return refuse(reply, 'invalid-input', 'The cursor is not valid.', strangeCursor);
  const { items, next } = await list({ limit, after: after?.data[1] });
  return { items, nextCursor: next === null ? null : toCursor([order, next]) };
}

/** What a client did wrong whose cursor does not fit. */
const strangeCursor = [
  {
    pointer: '/cursor',
    detail: 'Not a cursor of this list in this order: take nextCursor of its previous page.',
  },
];

const toCursor = (place: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

function parseJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
