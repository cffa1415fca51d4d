import { z } from 'zod';

const MINUTES_PER_DAY = 24 * 60;

const interval = z
  .strictObject({
    from: z
      .int()
      .min(0)
      .max(MINUTES_PER_DAY - 1),
    to: z.int().min(1).max(MINUTES_PER_DAY),
  })
  .refine(({ from, to }) => from < to, { error: 'An interval ends after it starts; split it at midnight.' })
  .readonly();

const intervals = z.array(interval).max(24).readonly();

/**
 * Calling hours as campaigns store them: per weekday the intervals in minutes since local midnight
 * (`from` included, `to` excluded), and the dates on which nobody is called. All of it is read on the
 * callee's own clock; a night shift is two intervals, one on either side of midnight.
 */
export const windowsSchema = z
  .strictObject({
    weekly: z
      .strictObject({
        sun: intervals,
        mon: intervals,
        tue: intervals,
        wed: intervals,
        thu: intervals,
        fri: intervals,
        sat: intervals,
      })
      .readonly(),
    holidays: z.array(z.iso.date()).max(1000).readonly(),
  })
  .readonly();

/** When a number may be rung; see `windowsSchema`. */
export type Windows = z.infer<typeof windowsSchema>;

/** A day of the week, as `Windows` names it. */
type Weekday = keyof Windows['weekly'];

/** The days as `Date.getUTCDay()` counts them. */
export const weekdays: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const clock = (hours: number): number => hours * 60;
const workday = [{ from: clock(9), to: clock(20) }];
const wholeDay = [{ from: 0, to: MINUTES_PER_DAY }];

/** The house's calling hours for Europe: Monday to Friday 09:00–20:00, Saturday 10:00–18:00, no Sunday. */
export const defaultWindows: Windows = {
  weekly: {
    sun: [],
    mon: workday,
    tue: workday,
    wed: workday,
    thu: workday,
    fri: workday,
    sat: [{ from: clock(10), to: clock(18) }],
  },
  holidays: [],
};

/** No limit on the hours: every day from midnight to midnight. */
export const alwaysOpen: Windows = {
  weekly: {
    sun: wholeDay,
    mon: wholeDay,
    tue: wholeDay,
    wed: wholeDay,
    thu: wholeDay,
    fri: wholeDay,
    sat: wholeDay,
  },
  holidays: [],
};
