import { wordsOf } from './evidence.ts';

/** A rule is not read out; so many of its words in a row are no chance. */
const RULE_WORDS = 8;
/** Facts that an agent shall tell stand in its persona: a sentence of it may be said, not all of it. */
const OTHER_WORDS = 25;

/**
 * Watches what an agent says for its own instructions: returns a function that takes the next clause and says whether a
 * long piece of them is being read out with it.
 */
export function leakGuard(instructions: string): (clause: string) => boolean {
  const paragraphs = instructions.split('\n\n');
  const rules = paragraphs.filter((paragraph) => paragraph.startsWith('Rules:'));
  const others = paragraphs.filter((paragraph) => !paragraph.startsWith('Rules:'));
  const secrets = [
    ...rules.map((text) => ({ text: ` ${wordsOf(text)} `, words: RULE_WORDS })),
    ...others.map((text) => ({ text: ` ${wordsOf(text)} `, words: OTHER_WORDS })),
  ];
  let said: string[] = [];
  return (clause) => {
    const words = wordsOf(clause).split(' ');
    const from = said.length;
    said = [...said, ...words];
    return secrets.some(({ text, words: length }) =>
      words.some((_word, at) => {
        const end = from + at + 1;
        return end >= length && text.includes(` ${said.slice(end - length, end).join(' ')} `);
      }),
    );
  };
}
