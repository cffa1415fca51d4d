const units =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** How many words were inserted, left out or replaced between what was said and what was heard, in plain letters. */
export function wordErrors(said: string, heard: string): { readonly errors: number; readonly words: number } {
  const reference = plainWords(said);
  const hypothesis = plainWords(heard);
  let previous = Array.from({ length: hypothesis.length + 1 }, (_, j) => j);
  for (const [i, word] of reference.entries()) {
    const row = [i + 1];
    for (const [j, other] of hypothesis.entries()) {
      const replaced = (previous[j] ?? 0) + (word === other ? 0 : 1);
      row.push(Math.min(replaced, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    previous = row;
  }
  return { errors: previous.at(-1) ?? 0, words: reference.length };
}

function plainWords(text: string): string[] {
  return text
    .toLowerCase()
    .replaceAll(/\d+/g, (digits) => ` ${numberWords(Number(digits))} `)
    .replaceAll(/[’']/g, '')
    .replaceAll(/[^\p{L}\s]/gu, ' ')
    .split(/\s+/)
    .filter(Boolean);
}

function numberWords(number: number): string {
  if (number >= 100) return Array.from(String(number), (digit) => units[Number(digit)]).join(' ');
  return units[number] ?? `${tens[Math.floor(number / 10)]} ${number % 10 ? units[number % 10] : ''}`;
}
