import type { SpokenTurn } from './transcript.ts';

/** One or two words stand in nearly every conversation: they are evidence only as a whole line. */
const LEAST_WORDS = 3;

/** The callee's line in which these words stand, as it is in the transcript; null when the callee did not say them. */
export function evidenceOf(
  quote: string,
  turns: readonly Pick<SpokenTurn, 'speaker' | 'text'>[],
): string | null {
  const wanted = wordsOf(quote);
  if (wanted === '') return null;
  const enough = wanted.split(' ').length >= LEAST_WORDS;
  const line = turns.find(({ speaker, text }) => {
    const said = wordsOf(text);
    return speaker === 'callee' && (said === wanted || (enough && ` ${said} `.includes(` ${wanted} `)));
  });
  return line?.text ?? null;
}

/** Words alone: how something is written says nothing of who said it. */
export const wordsOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[’‘']/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
