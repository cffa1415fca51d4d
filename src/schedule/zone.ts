import { Temporal } from 'temporal-polyfill';

/** A stretch of time in which a zone keeps one offset from UTC; milliseconds, `until` excluded. */
export type Span = { readonly from: number; readonly until: number; readonly offset: number };

// Asking for a transition costs about 0.3 ms, reading a span back a microsecond. Both maps are bounded:
// a caller may invent spellings (`europe/LONDON`) and instants without end.
const MAX_ZONES = 1000;
const MAX_SPANS_PER_ZONE = 8;
const zones = new Map<string, boolean>();
const spans = new Map<string, Span[]>();

/**
 * Whether the text names an IANA zone of a place (`Europe/Berlin`). Bare offsets, `Etc/…` and
 * abbreviations are refused: nobody lives in `EST`, which keeps no summer time, while New York does.
 */
export function isZone(text: string): boolean {
  const known = zones.get(text);
  if (known !== undefined) return known;
  if (zones.size >= MAX_ZONES) zones.clear();
  const found = /^[a-z]+\/[a-z0-9_+/-]+$/i.test(text) && !/^etc\//i.test(text) && exists(text);
  zones.set(text, found);
  return found;
}

function exists(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The span of a zone's offset that holds the instant `at` (epoch milliseconds); `zone` must be one. */
export function spanAt(zone: string, at: number): Span {
  const known = spans.get(zone);
  const hit = known?.find(({ from, until }) => from <= at && at < until);
  if (hit) return hit;
  const span = readSpan(zone, at);
  if (!known && spans.size >= MAX_ZONES) spans.clear();
  spans.set(zone, [span, ...(known ?? [])].slice(0, MAX_SPANS_PER_ZONE));
  return span;
}

function readSpan(zone: string, at: number): Span {
  const local = (ms: number): Temporal.ZonedDateTime =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  // One millisecond later, since a transition at `at` itself starts the span and "previous" excludes it.
  const previous = local(at + 1).getTimeZoneTransition('previous');
  const here = local(at);
  return {
    from: previous?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    until: here.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offset: here.offsetNanoseconds / 1e6,
  };
}
