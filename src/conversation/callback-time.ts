import * as chrono from 'chrono-node';
import { spanAt } from '../schedule/zone.ts';
import type { Language } from './intents.ts';

const parsers = { en: chrono.en.GB, de: chrono.de.casual, es: chrono.es.casual, fr: chrono.fr.casual };

/** Whisper writes small hours as words, which the parser does not read. */
const numbers: Readonly<Record<Language, string>> = {
  en: 'one two three four five six seven eight nine ten eleven twelve',
  de: 'eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf',
  es: 'una dos tres cuatro cinco seis siete ocho nueve diez once doce',
  fr: 'une deux trois quatre cinq six sept huit neuf dix onze douze',
};
const before: Readonly<Record<Language, string>> = {
  en: 'at|around|about|by|past|to|after',
  de: 'um|gegen|ab|nach',
  es: 'a las|a la|sobre las',
  fr: 'à|vers|après',
};

/** The words for one, two, … twelve, as they stand before an hour. */
export const numberWords = (language: Language): readonly string[] => numbers[language].split(' ');

/** Nobody asks for a call before this hour without saying so: "at three" is in the afternoon. */
const EARLIEST_HOUR = 8;
/** A day without an hour. */
const MORNING_HOUR = 10;
const MINUTE = 60_000;

/**
 * The instant that a callee means by their words, on their own clock; null when they name none, or one that is past.
 * A day without an hour means its morning.
 */
export function callbackTime(
  text: string,
  { language, zone, now }: { language: Language; zone: string; now: Date },
): Date | null {
  const { offset } = spanAt(zone, now.getTime());
  const reference = { instant: now, timezone: offset / MINUTE };
  const results = parsers[language].parse(inDigits(text, language), reference, { forwardDate: true });
  const start = results.at(-1)?.start;
  const found =
    results.length > 1 ? (results.find((result) => result.start.isCertain('hour'))?.start ?? start) : start;
  if (!found) return null;
  const part = (name: chrono.Component): number => found.get(name) ?? 0;
  let hour = part('hour');
  if (found.isCertain('hour')) {
    if (!found.isCertain('meridiem') && hour > 0 && hour < EARLIEST_HOUR) hour += 12;
  } else if (hour === 12) hour = MORNING_HOUR;
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), hour, part('minute'));
  const at = local - spanAt(zone, local - offset).offset;
  return at > now.getTime() ? new Date(at) : null;
}

/** The day that a callee names, on their own clock, as `2026-03-02`; null when they name none. */
export function saidDay(
  text: string,
  { language, zone, now }: { language: Language; zone: string; now: Date },
): string | null {
  const reference = { instant: now, timezone: spanAt(zone, now.getTime()).offset / MINUTE };
  const found = parsers[language].parse(inDigits(text, language), reference, { forwardDate: true }).find(
    (result) =>
      (result.start.isCertain('day') || result.start.isCertain('weekday')) &&
      // "for an hour" names no day
      !result.tags().has('result/relativeDateAndTime'),
  );
  if (!found) return null;
  const part = (name: chrono.Component): number => found.start.get(name) ?? 0;
  return new Date(Date.UTC(part('year'), part('month') - 1, part('day'))).toISOString().slice(0, 10);
}

function inDigits(text: string, language: Language): string {
  const words = numberWords(language);
  const hour = `(${words.join('|')}|\\d{1,2})`;
  const digits = (word: string): string => {
    const index = words.indexOf(word.toLowerCase());
    return index < 0 ? word : String(index + 1);
  };
  return text
    .replaceAll(new RegExp(`\\bhalf past ${hour}\\b`, 'giu'), (_all, word: string) => `at ${digits(word)}:30`)
    .replaceAll(
      new RegExp(`\\bquarter past ${hour}\\b`, 'giu'),
      (_all, word: string) => `at ${digits(word)}:15`,
    )
    .replaceAll(
      new RegExp(`(?<=^|\\s)(${before[language]}) ${hour}(?!\\p{L})`, 'giu'),
      (_all, first: string, word: string) => `${first} ${digits(word)}`,
    )
    .replaceAll(
      new RegExp(`\\b${hour}(?= (o'clock|p\\.?m|a\\.?m|uhr|heures?|hours?|minutes?)\\b)`, 'giu'),
      digits,
    );
}

/** The instant as it is said to the callee: weekday, day, month and hour on their clock. */
export function spokenTime(at: Date, { language, zone }: { language: Language; zone: string }): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: 'numeric',
    minute: '2-digit',
    hour12: language === 'en',
    timeZone: zone,
  })
    .format(at)
    .replaceAll(/[\u202F\u00A0]/gu, ' ')
    .replace(/:00(?= ?[ap]m)/u, '');
}
