import { type Country, isCountry, readPhone } from './phone.ts';

/**
 * Reads a number as carriers write it in SIP (`+44…`, `0044…`, `44…`, or as people at `home` dial it), null when it is
 * none. `home` is the E.164 number at the other end of the call, whose country the number belongs to when it names none.
 */
export function readSipNumber(text: string, home: string): string | null {
  for (const read of [readPhone(text, countryOf(home)), readPhone(text, null), readPhone(`+${text}`, null)]) {
    if ('number' in read) return read.number;
  }
  // One that no plan holds is still whose it is.
  const [, digits] = /^(?:\+|00)([1-9]\d{6,14})$/.exec(text) ?? [];
  return digits === undefined ? null : `+${digits}`;
}

/** The number of ours that was dialed, with or without its country; undefined when none was. */
export function numberDialed<Ours extends { readonly number: string }>(
  ours: readonly Ours[],
  dialed: string,
): Ours | undefined {
  const written = new Set([`+${dialed.replace(/^(\+|00)/, '')}`]);
  for (const country of new Set(ours.map(({ number }) => countryOf(number)))) {
    const read = readPhone(dialed, country);
    if ('number' in read) written.add(read.number);
  }
  return ours.find(({ number }) => written.has(number));
}

function countryOf(number: string): Country | null {
  const phone = readPhone(number, null);
  return 'country' in phone && isCountry(phone.country) ? phone.country : null;
}
