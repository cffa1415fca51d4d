import { wordsOf } from './evidence.ts';

/** A rule is not read out; so many of its words in a row are no chance. */
const RULE_WORDS = 8;
/** Nor is it in pieces: so many of the rules' runs of three words in one turn are none either, whatever stands between them. */
const RULE_PIECES = 10;
const PIECE_WORDS = 3;
/** Facts that an agent shall tell stand in its persona: a sentence of it may be said, not all of it. */
const OTHER_WORDS = 25;

/**
 * Watches what an agent says for its own instructions: returns a function that takes the next clause of a turn and says
 * whether a long piece of them, or of its rules many small ones, is being read out with it.
 */
export function leakGuard(instructions: string): (clause: string) => boolean {
  const paragraphs = instructions.split('\n\n').map((text) => ({
    isRules: text.startsWith('Rules:'),
    words: wordsOf(text).split(' '),
  }));
  const runs = (isRules: boolean, length: number): Set<string> =>
    new Set(paragraphs.flatMap((each) => (each.isRules === isRules ? runsOf(each.words, length) : [])));
  const secrets = [
    { runs: runs(true, RULE_WORDS), words: RULE_WORDS, from: 1 },
    { runs: runs(true, PIECE_WORDS), words: PIECE_WORDS, from: RULE_PIECES },
    { runs: runs(false, OTHER_WORDS), words: OTHER_WORDS, from: 1 },
  ];
  let said: string[] = [];
  return (clause) => {
    said = [...said, ...wordsOf(clause).split(' ')];
    return secrets.some(
      ({ runs, words, from }) => new Set(runsOf(said, words)).intersection(runs).size >= from,
    );
  };
}

/** All runs of this many words. */
const runsOf = (words: readonly string[], length: number): string[] =>
  words.slice(length - 1).map((_last, at) => words.slice(at, at + length).join(' '));
