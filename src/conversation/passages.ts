import { speakable } from './clauses.ts';
import type { Message } from './engines.ts';

/** A piece of a document that can be found, and understood, by itself. */
export interface PassageText {
  /** The headings that it stands under, the outermost first. */
  readonly heading: string;
  readonly text: string;
}

/** A passage that was found for what the callee said. */
export interface Passage extends PassageText {
  readonly id: number;
  /** The name of its document. */
  readonly document: string;
}

/** Short enough that two of them do not keep a small model reading, long enough to hold an answer. */
const ABOUT_WORDS = 100;

const count = (text: string): number => text.match(/\S+/gu)?.length ?? 0;

/**
 * Cuts text or Markdown into passages: never across a heading, between paragraphs where that can be, else between
 * lines or sentences.
 */
export function passagesOf(document: string): PassageText[] {
  const passages: PassageText[] = [];
  const path: string[] = [];
  let held: string[] = [];
  let paragraph: string[] = [];

  const flush = (): void => {
    if (held.length > 0) passages.push({ heading: path.filter(Boolean).join(' › '), text: held.join('\n') });
    held = [];
  };
  const add = (piece: string): void => {
    if (count([...held, piece].join(' ')) > ABOUT_WORDS) flush();
    held.push(piece);
  };
  const endParagraph = (): void => {
    const whole = paragraph.join('\n');
    for (const piece of count(whole) > ABOUT_WORDS ? paragraph.flatMap(sentencesOf) : [whole]) {
      if (piece !== '') add(piece);
    }
    paragraph = [];
  };

  for (const line of document.normalize('NFC').split(/\r?\n/u)) {
    const [, marks = '', title = ''] = /^(#{1,6})\s+(.*?)\s*#*$/u.exec(line) ?? [];
    if (marks !== '') {
      endParagraph();
      flush();
      path.splice(marks.length - 1);
      path[marks.length - 1] = title;
    } else if (line.trim() === '') endParagraph();
    else paragraph.push(line.trim());
  }
  endParagraph();
  flush();
  return passages;
}

/** The sentences of a line; a sentence that is too long for a passage is cut between words. */
function sentencesOf(line: string): string[] {
  return line.split(/(?<=[.!?…])\s+/u).flatMap((sentence) => {
    const words = sentence.split(/\s+/u);
    return Array.from({ length: Math.ceil(words.length / ABOUT_WORDS) }, (_, index) =>
      words.slice(index * ABOUT_WORDS, (index + 1) * ABOUT_WORDS).join(' '),
    );
  });
}

/**
 * What the callee said with what our documents say about it, as the model is given it: before their words, so that it
 * can be read while they still speak. What it was given before is not repeated. Documents are data: quoted, so that none
 * can end its own quotes.
 */
export function informed(said: string, found: readonly Passage[], history: readonly Message[]): string {
  const facts = found
    .map(({ heading, text }) => JSON.stringify(speakable(heading === '' ? text : `${heading}: ${text}`)))
    .filter((fact) => !history.some(({ text }) => text.includes(fact)));
  return facts.length === 0 ? said : `(Our documents say: ${facts.join(' ')})\n\n${said}`;
}
