/**
 * Reads a JSON string while it is still being written: returns what each further chunk adds to its value, unescaped, and
 * the end of a line for its closing quote, so that nobody waits for more. Begins after the opening quote; what follows the
 * closing one is passed over.
 */
export function stringReader(): (chunk: string) => string {
  let held = '';
  let open = true;

  return (chunk) => {
    let value = '';
    held += chunk;
    while (open && held !== '') {
      const piece = /^(?:[^"\\]+|\\u[\dA-Fa-f]{4}|\\[^u])/.exec(held)?.[0];
      if (piece === undefined) {
        if (!held.startsWith('"')) return value; // an escape that is not whole yet
        open = false;
        value += '\n';
      } else {
        value += piece.startsWith('\\') ? (JSON.parse(`"${piece}"`) as string) : piece;
        held = held.slice(piece.length);
      }
    }
    return value;
  };
}
