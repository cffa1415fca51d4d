import { isUtf8, sniffEncoding, type FileProblem } from './sniff.ts';

/** Turns the bytes of a list into text, piece by piece; `flush` gives what is left. */
export type Decoder = { push(bytes: Uint8Array): string; flush(): string };

/** A character of UTF-8 has at most so many bytes. */
const LONGEST_CHARACTER = 4;
const SPACE = Uint8Array.of(0x20);

/**
 * A decoder for a file that starts with these bytes (which still have to be pushed), or why it can't be a list.
 * A file that starts in plain ASCII is read as UTF-8 or Windows-1252 by its first other bytes.
 * `push` and `flush` throw a TypeError when bytes do not fit the encoding.
 */
export function createDecoder(start: Uint8Array): Decoder | { readonly problem: FileProblem } {
  const sniffed = sniffEncoding(start);
  if ('problem' in sniffed) return sniffed;
  return sniffed.encoding === 'ascii' ? decodeAscii() : decodeAs(sniffed.encoding);
}

function decodeAs(encoding: string): Decoder {
  const decoder = new TextDecoder(encoding, { fatal: true });
  return { push: (bytes) => decoder.decode(bytes, { stream: true }), flush: () => decoder.decode() };
}

/** ASCII until a byte says otherwise; bytes too few to tell wait for the next push. */
function decodeAscii(): Decoder {
  let waiting: Uint8Array = new Uint8Array();
  let decoder: Decoder | null = null;
  const decide = (): Decoder => (decoder = decodeAs(isUtf8(waiting) ? 'utf-8' : 'windows-1252'));
  return {
    push(bytes) {
      if (decoder) return decoder.push(bytes);
      waiting = join(waiting, bytes);
      const other = waiting.findIndex((byte) => byte > 127);
      if (other !== -1 && waiting.length - other >= LONGEST_CHARACTER) return decide().push(waiting);
      const known = waiting.subarray(0, other === -1 ? waiting.length : other);
      waiting = waiting.subarray(known.length);
      return new TextDecoder().decode(known);
    },
    flush() {
      if (decoder) return decoder.flush();
      // The end of the file: what is cut off here is not UTF-8.
      const encoding = isUtf8(join(waiting, SPACE)) ? 'utf-8' : 'windows-1252';
      return new TextDecoder(encoding).decode(waiting);
    },
  };
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array {
  if (head.length === 0) return tail;
  const joined = new Uint8Array(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  return joined;
}
