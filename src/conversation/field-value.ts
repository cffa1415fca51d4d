import { numberWords, saidDay } from './callback-time.ts';
import { wordsOf } from './evidence.ts';
import type { Language } from './intents.ts';
import type { FieldValue, ObjectiveField } from './objective.ts';

/** What a callee's words mean on their own clock. */
export interface FieldMeaning {
  readonly language: Language;
  /** The callee's zone; null when it is not known: then no day is understood. */
  readonly zone: string | null;
  readonly now: Date;
}

const LONGEST_TEXT = 200;

/**
 * An answer to a field as its type has it, null when it is none. A model invents numbers and days: a number has to
 * stand in what the callee said, and a day is read from there and not from the answer.
 */
export function meaningOf(
  field: ObjectiveField,
  answer: unknown,
  said: string,
  meaning: FieldMeaning,
): FieldValue | null {
  switch (field.type) {
    case 'text':
      return typeof answer === 'string' && wordsOf(answer) !== ''
        ? answer.trim().slice(0, LONGEST_TEXT)
        : null;
    case 'number': {
      const value = typeof answer === 'string' && answer.trim() !== '' ? Number(answer) : answer;
      return typeof value === 'number' && numbersIn(said, meaning.language).includes(value) ? value : null;
    }
    case 'date':
      return meaning.zone && saidDay(said, { ...meaning, zone: meaning.zone });
    case 'yes_no':
      return { yes: true, no: false }[String(answer)] ?? (typeof answer === 'boolean' ? answer : null);
    case 'choice':
      return field.options.find((option) => option === answer) ?? null;
  }
}

function numbersIn(said: string, language: Language): number[] {
  const digits = [...said.matchAll(/\d+(?:[.,]\d{3})*(?:[.,]\d{1,2})?/gu)].map(([text]) =>
    Number(text.replaceAll(/[.,](?=\d{3})/gu, '').replace(',', '.')),
  );
  const words = numberWords(language).map(wordsOf);
  const named = wordsOf(said)
    .split(' ')
    .flatMap((word) => (words.includes(word) ? [words.indexOf(word) + 1] : []));
  return [...digits, ...named];
}
