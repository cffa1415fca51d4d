import { isZone } from './zone.ts';

/** The zones a callee may be in, and how they were found; none means that nobody knows and nobody calls. */
export type CalleeZones = {
  readonly zones: readonly string[];
  readonly source: 'contact' | 'country' | 'unknown';
};

/** CLDR lists no zone for these countries. */
const unlisted: Readonly<Record<string, readonly string[]>> = {
  XK: ['Europe/Belgrade'],
  AC: ['Atlantic/St_Helena'],
  TA: ['Atlantic/St_Helena'],
};

const candidates = new Map<string, readonly string[]>();

/**
 * Where a callee may be (I3): the contact's own zone, else every zone of the number's country (ISO 3166
 * alpha-2). A zone that does not exist is not replaced by the country's: the list is wrong, so nobody calls.
 */
export function zonesOf(callee: {
  readonly timezone: string | null;
  readonly country: string | null;
}): CalleeZones {
  if (callee.timezone !== null) {
    return isZone(callee.timezone)
      ? { zones: [callee.timezone], source: 'contact' }
      : { zones: [], source: 'unknown' };
  }
  const zones = callee.country === null ? [] : zonesOfCountry(callee.country);
  return { zones, source: zones.length > 0 ? 'country' : 'unknown' };
}

function zonesOfCountry(country: string): readonly string[] {
  const known = candidates.get(country);
  if (known) return known;
  if (!/^[A-Z]{2}$/.test(country)) return [];
  const zones = unlisted[country] ?? new Intl.Locale(`und-${country}`).getTimeZones() ?? [];
  candidates.set(country, zones);
  return zones;
}
