import { z } from 'zod';
import { isZone } from '../schedule/zone.ts';
import type { Column, Field } from './columns.ts';
import { readPhone, type Country } from './phone.ts';
import { refusals, type Refusal } from './refusals.ts';
import { cleanName, cleanText } from './text.ts';

/** What a list says about a person; `custom` holds the columns that are no field, by their names. */
export type Contact = {
  readonly [field in Exclude<Field, 'phone'>]: string | null;
} & { readonly custom: Readonly<Record<string, string>> };

/** One refused field, or the row as a whole. */
export type Fault = { readonly field: string | null; readonly refusal: Refusal };

/** A row that became a contact with its E.164 number, or everything that is wrong with it. */
export type Row =
  { readonly number: string; readonly contact: Contact } | { readonly faults: readonly Fault[] };

const MAX_NAME = 200;
const MAX_CUSTOM = 4000;
const email = z.email().max(254);

/** Reads one row of a list; `defaultCountry` is the country of numbers written without a country code. */
export function readRow(
  cells: readonly string[],
  columns: readonly Column[],
  defaultCountry: Country | null,
): Row {
  if (cells.length !== columns.length) return { faults: [{ field: null, refusal: 'column_count' }] };
  const contact = { ...blank };
  const custom: [string, string][] = [];
  const faults: Fault[] = [];
  let number: string | null = null;

  for (const [index, { name, target }] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (target === 'ignored') continue;
    if (target === 'phone') {
      const phone = readPhone(cell, defaultCountry);
      if ('refusal' in phone) faults.push({ field: name, refusal: phone.refusal });
      else number = phone.number;
      continue;
    }
    const value = target === 'custom' ? cleanText(cell) : cleanName(cell);
    if (value === null) continue;
    const refusal = judge(target, value);
    if (refusal) faults.push({ field: name, refusal });
    else if (target === 'custom') custom.push([name, value]);
    else contact[target] = value;
  }
  if (number === null || faults.length > 0) return { faults };
  return { number, contact: { ...contact, custom: Object.fromEntries(custom) } };
}

/** The faults of a row as one line for whoever made the list: `Mobile: The phone number is too short.` */
export const describeFaults = (faults: readonly Fault[]): string =>
  faults
    .map(({ field, refusal }) => (field === null ? refusals[refusal] : `${field}: ${refusals[refusal]}`))
    .join(' ');

const blank: Record<Exclude<Field, 'phone'>, string | null> = {
  firstName: null,
  lastName: null,
  email: null,
  company: null,
  title: null,
  timezone: null,
};

function judge(target: Exclude<Field, 'phone'> | 'custom', value: string): Refusal | null {
  switch (target) {
    case 'custom':
      return value.length > MAX_CUSTOM ? 'field_too_long' : null;
    case 'email':
      return email.safeParse(value).success ? null : 'email_invalid';
    case 'timezone':
      return isZone(value) ? null : 'zone_unknown';
    case 'firstName':
    case 'lastName':
    case 'company':
    case 'title':
      return value.length > MAX_NAME ? 'field_too_long' : null;
  }
}
