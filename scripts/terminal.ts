/** What the programs here print on. */

/** Where there is no terminal to ask: as wide as this repository's own lines. */
const PLAIN_COLUMNS = 100;

/** How many characters fit on a line. */
export const columns = (): number => (process.stdout.isTTY ? process.stdout.columns : PLAIN_COLUMNS);

/** Breaks a text between words into lines no longer than `width`; a word that is too long stands alone. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
