import { z } from 'zod';
import { finalDispositions, promisedDispositions, retryableDispositions } from '../call/disposition.ts';
import { contactCreate, contactFilter } from './contact.ts';
import { pageQuery } from './page.ts';
import { e164, instant, serial, uuid } from './values.ts';

/** What an attempt meant. */
export const disposition = z.enum([...finalDispositions, ...promisedDispositions, ...retryableDispositions]);

const leadState = z.enum(['waiting', 'calling', 'done']);

/** A contact within one campaign; `nextAt` is null once it is done, `disposition` before its first attempt. */
export const lead = z
  .strictObject({
    id: serial,
    contactId: uuid,
    number: e164,
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    state: leadState,
    nextAt: instant.nullable(),
    attempts: z.int().meta({ description: 'Those that count against the caps.' }),
    outcomes: z.partialRecord(disposition, z.int()),
    disposition: disposition.nullable(),
  })
  .meta({ id: 'Lead' });

/** Query of a campaign's leads. */
export const leadQuery = z.strictObject({
  ...pageQuery.shape,
  state: leadState.optional(),
  disposition: disposition.optional(),
  number: e164.optional(),
});

/** Body that adds leads: a contact by hand, or contacts that exist already by id or by filter ({} is all). */
export const leadsAdd = z.union(
  [
    z.strictObject({ contact: contactCreate }),
    z.strictObject({ contactIds: z.array(uuid).min(1).max(10_000) }),
    z.strictObject({ filter: contactFilter }),
  ],
  { error: 'Expected exactly one of contact, contactIds and filter.' },
);

/** How many leads were added and why the others were not: the number is one already, or must not be called. */
export const leadsAdded = z.strictObject({
  added: z.int(),
  alreadyLeads: z.int(),
  onDncList: z.int(),
});
