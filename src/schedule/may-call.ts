import { weekdays, type Windows } from './windows.ts';
import { isZone, spanAt } from './zone.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Longer than a year, so that every weekday has met every holiday and both clock changes. */
const HORIZON = 400 * DAY;

/** Why a number may not be rung now; `local` is the callee's clock, `2026-03-29T20:05`. */
type WindowReason =
  | { readonly reason: 'zone_unknown' }
  | {
      readonly reason: 'day_closed' | 'outside_hours' | 'holiday';
      readonly zone: string;
      readonly local: string;
    };

/** Whether a number may be rung at an instant; every reason that forbids it. */
export type WindowDecision = { readonly allowed: boolean; readonly reasons: readonly WindowReason[] };

const allowed: WindowDecision = { allowed: true, reasons: [] };
const nowhere: WindowDecision = { allowed: false, reasons: [{ reason: 'zone_unknown' }] };

/**
 * Whether the windows are open at `at` in every one of the zones (I3): a callee who may be in several
 * zones is rung only inside their intersection, one whose zone is unknown not at all.
 */
export function mayCall(windows: Windows, zones: readonly string[], at: Date): WindowDecision {
  if (!areZones(zones)) return nowhere;
  const instant = at.getTime();
  const reasons: WindowReason[] = [];
  const seen: number[] = [];
  for (const zone of zones) {
    const { offset } = spanAt(zone, instant);
    if (seen.includes(offset)) continue;
    seen.push(offset);
    const reason = closedBecause(windows, instant + offset);
    if (reason) {
      reasons.push({ reason, zone, local: new Date(instant + offset).toISOString().slice(0, 16) });
    }
  }
  return reasons.length === 0 ? allowed : { allowed: false, reasons };
}

/**
 * The first instant from `from` on at which `mayCall` allows the call, to the minute and across clock
 * changes; null when the windows do not open within 400 days, or no zone is known.
 */
export function nextOpening(windows: Windows, zones: readonly string[], from: Date): Date | null {
  if (!areZones(zones)) return null;
  const start = from.getTime();
  const end = start + HORIZON;
  let instant = start;
  while (instant < end) {
    let latest = instant;
    for (const zone of zones) latest = Math.max(latest, openFrom(windows, zone, latest, end));
    // No zone moved the instant, so it lies inside every one of their windows.
    if (latest === instant) return new Date(instant);
    instant = latest;
  }
  return null;
}

const areZones = (zones: readonly string[]): boolean => zones.length > 0 && zones.every(isZone);

/** The first instant from `from` on at which one zone is open; `end` or later if it stays closed. */
function openFrom(windows: Windows, zone: string, from: number, end: number): number {
  let instant = from;
  while (instant < end) {
    const { offset, until } = spanAt(zone, instant);
    const local = instant + offset;
    if (!closedBecause(windows, local)) return instant;
    // Nothing changes before the day's next interval, the next day, or the next clock change.
    instant = Math.min(nextEdge(windows, local) - offset, until);
  }
  return instant;
}

/** The next start of an interval or of a day after a local time, both in milliseconds of the local clock. */
function nextEdge(windows: Windows, local: number): number {
  const midnight = Math.floor(local / DAY) * DAY;
  let edge = midnight + DAY;
  for (const { from } of intervalsOf(windows, local)) {
    const opens = midnight + from * MINUTE;
    if (opens > local && opens < edge) edge = opens;
  }
  return edge;
}

function closedBecause(windows: Windows, local: number): 'day_closed' | 'outside_hours' | 'holiday' | null {
  const intervals = intervalsOf(windows, local);
  if (intervals.length === 0) return 'day_closed';
  const minute = Math.floor((local - Math.floor(local / DAY) * DAY) / MINUTE);
  if (!intervals.some(({ from, to }) => from <= minute && minute < to)) return 'outside_hours';
  return isHoliday(windows, local) ? 'holiday' : null;
}

function intervalsOf(windows: Windows, local: number): Windows['weekly']['mon'] {
  const weekday = weekdays[new Date(local).getUTCDay()];
  return weekday ? windows.weekly[weekday] : [];
}

const isHoliday = ({ holidays }: Windows, local: number): boolean =>
  holidays.length > 0 && holidays.includes(new Date(local).toISOString().slice(0, 10));
