import {
  getCountryCallingCode,
  isSupportedCountry,
  ParseError,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
  type CountryCode,
  type NumberType,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import type { Refusal } from './refusals.ts';

/** What kind of line a number reaches, as far as its digits tell. */
export type LineType = 'mobile' | 'fixed_line' | 'fixed_line_or_mobile' | 'toll_free' | 'voip' | 'company';

/** A number that may be stored and rung: E.164, the country it belongs to (ISO 3166 alpha-2), the kind of line. */
export type Phone = { readonly number: string; readonly country: string; readonly type: LineType };

const kinds: Readonly<Record<Exclude<NumberType, undefined>, LineType | { readonly refusal: Refusal }>> = {
  MOBILE: 'mobile',
  FIXED_LINE: 'fixed_line',
  FIXED_LINE_OR_MOBILE: 'fixed_line_or_mobile',
  TOLL_FREE: 'toll_free',
  VOIP: 'voip',
  UAN: 'company',
  PREMIUM_RATE: { refusal: 'premium' },
  SHARED_COST: { refusal: 'shared_cost' },
  PERSONAL_NUMBER: { refusal: 'personal' },
  PAGER: { refusal: 'pager' },
  VOICEMAIL: { refusal: 'voicemail_access' },
};

/** Calling codes of no country that say more than that (ITU-T E.164 assignments). */
const worldwide: Readonly<Record<string, Refusal>> = {
  '870': 'satellite', // Inmarsat
  '881': 'satellite', // Iridium, Globalstar
  '882': 'satellite', // international networks, Thuraya among them
  '883': 'satellite',
  '979': 'premium',
};

const lengthFaults: Readonly<Record<string, Refusal>> = {
  INVALID_COUNTRY: 'calling_code_unknown',
  NOT_A_NUMBER: 'not_a_number',
  TOO_SHORT: 'too_short',
  TOO_LONG: 'too_long',
  INVALID_LENGTH: 'wrong_length',
};

/** A country (ISO 3166 alpha-2) whose numbering plan is known. */
export type Country = CountryCode;

/** Whether the text is one, in upper case. */
export const isCountry = (text: string): text is Country => isSupportedCountry(text);

/**
 * Reads one number as people write it, or says why it can't be rung. Strict: the whole text must be the
 * number, and the country's numbering plan must hold it. `defaultCountry` is the country of numbers
 * written without a country code; null refuses those.
 */
export function readPhone(
  text: string,
  defaultCountry: Country | null,
): Phone | { readonly refusal: Refusal } {
  const tidied = tidy(text);
  // Without a country to say otherwise, 00 is the international prefix that ITU-T recommends.
  const written = defaultCountry === null ? tidied.replace(/^00/, '+') : tidied;
  if (written === '') return { refusal: 'phone_missing' };
  if (/^\+?\d+([.,]\d+)?E\+?\d+$/i.test(written) || /^\+?\d{5,}[.,]0+$/.test(written)) {
    return { refusal: 'spreadsheet_number' };
  }
  if (defaultCountry === null && !written.startsWith('+')) {
    return { refusal: /^[\d\s()./-]+$/.test(written) ? 'country_unknown' : 'not_a_number' };
  }
  const options = { ...(defaultCountry && { defaultCountry }), extract: false };
  const phone = parse(written, options);
  if (typeof phone === 'string') return { refusal: lengthFaults[phone] ?? 'not_a_number' };
  const read = judge(phone) ?? {
    refusal: whyRefused(phone, validatePhoneNumberLength(written, options)),
  };
  if (defaultCountry === null || written.startsWith('+') || 'refusal' in read) return read;
  return isAmbiguous(written, defaultCountry, read.number) ? { refusal: 'ambiguous' } : read;
}

/** Whether a number without plus could also be an international one that lost it: `4915…` written in Germany. */
function isAmbiguous(written: string, country: Country, number: string): boolean {
  const digits = written.replaceAll(/\D/g, '');
  if (!digits.startsWith(getCountryCallingCode(country))) return false;
  const other = parse(`+${digits}`, { extract: false });
  return typeof other !== 'string' && other.isValid() && other.number !== number;
}

/** Strips what spreadsheets and phones wrap around a number: invisible marks, `'…`, `="…"`, `tel:`. */
function tidy(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .trim()
    .replace(/^="(.*)"$/, '$1')
    .replace(/^'|^tel:/i, '')
    .trim();
}

function parse(text: string, options: Parameters<typeof parsePhoneNumberWithError>[1]): PhoneNumber | string {
  try {
    return parsePhoneNumberWithError(text, options);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
}

/** What a number that the numbering plan holds is good for; null when the plan does not hold it. */
function judge(phone: PhoneNumber): Phone | { readonly refusal: Refusal } | null {
  const type = phone.getType();
  if (!type || !phone.country) return null;
  if (phone.ext) return { refusal: 'extension' };
  const kind = kinds[type];
  return typeof kind === 'string' ? { number: phone.number, country: phone.country, type: kind } : kind;
}

function whyRefused(phone: PhoneNumber, lengthFault: string | undefined): Refusal {
  if (phone.isNonGeographic()) return worldwide[phone.countryCallingCode] ?? 'no_country';
  return lengthFaults[lengthFault ?? ''] ?? 'not_assigned';
}
