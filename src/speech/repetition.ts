/** Words in the longest phrase that is looked for when it repeats. */
const LONGEST_PHRASE = 24;

/** Whisper's loop repeats until its token limit; people repeat a short word a few times. */
const FEWEST_REPEATS = { word: 4, phrase: 3 } as const;

/**
 * Cuts what repeats to the end of a text down to its first saying: a decoder that has lost its way does that.
 * `repeats` tells whether there was such a loop.
 */
export function cutRepetition(text: string): { readonly text: string; readonly repeats: boolean } {
  const words = text.split(/\s+/).filter(Boolean);
  const plain = words.map((word) => word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''));
  for (let length = 1; length <= LONGEST_PHRASE; length += 1) {
    const start = startOfLoop(plain, length);
    const repeats = Math.floor((plain.length - start) / length);
    if (repeats >= (length < 3 ? FEWEST_REPEATS.word : FEWEST_REPEATS.phrase)) {
      return { text: words.slice(0, start + length).join(' '), repeats: true };
    }
  }
  return { text: words.join(' '), repeats: false };
}

/** Where the words begin to equal those `length` places before them, all the way to the end. */
function startOfLoop(words: readonly string[], length: number): number {
  let start = words.length - length;
  while (start > 0 && words[start - 1] === words[start - 1 + length]) start -= 1;
  return Math.max(0, start);
}
