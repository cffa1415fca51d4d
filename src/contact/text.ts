/** A name as it may stand in a SIP header or a prompt: one line, without `"<>;`; null when nothing is left. */
export function cleanName(text: string): string | null {
  const name = text
    .toWellFormed()
    .replaceAll(/["<>;]/g, '')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return name === '' ? null : name;
}

/** Free text without control characters except line breaks and tabs; null when nothing is left. */
export function cleanText(text: string): string | null {
  const clean = text
    .toWellFormed()
    .replaceAll(/(?![\n\t])\p{Cc}/gu, '')
    .trim();
  return clean === '' ? null : clean;
}
