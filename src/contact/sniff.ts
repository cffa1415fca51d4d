/** The encodings in which lists arrive. `ascii` may still turn out to be any that extends it. */
export type Encoding = 'ascii' | 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** Why a file can't be a list, as a sentence for whoever uploads it. */
export const fileProblems = {
  empty: 'The file is empty.',
  workbook: 'This is a spreadsheet document; save it as CSV and upload that.',
  pdf: 'This is a PDF document; a list must be a CSV file.',
  compressed: 'This file is compressed; unpack it and upload the CSV file inside.',
  binary: 'This is not a text file; a list must be a CSV file.',
} as const;

/** The code of such a problem. */
export type FileProblem = keyof typeof fileProblems;

const signatures: readonly (readonly [FileProblem, readonly number[]])[] = [
  ['workbook', [0x50, 0x4b, 0x03, 0x04]], // zip: xlsx, ods, numbers
  ['workbook', [0xd0, 0xcf, 0x11, 0xe0]], // OLE: xls
  ['pdf', [0x25, 0x50, 0x44, 0x46]],
  ['compressed', [0x1f, 0x8b]], // gzip
  ['compressed', [0x28, 0xb5, 0x2f, 0xfd]], // zstd
];

/** Tells the encoding of a file from its first bytes (some kilobytes), or why the file can't be a list. */
export function sniffEncoding(
  bytes: Uint8Array,
): { readonly encoding: Encoding } | { readonly problem: FileProblem } {
  if (bytes.length === 0) return { problem: 'empty' };
  const starts = (signature: readonly number[]): boolean => signature.every((byte, i) => bytes[i] === byte);
  const signature = signatures.find(([, magic]) => starts(magic));
  if (signature) return { problem: signature[0] };
  if (starts([0xef, 0xbb, 0xbf])) return { encoding: 'utf-8' };
  if (starts([0xff, 0xfe])) return { encoding: 'utf-16le' };
  if (starts([0xfe, 0xff])) return { encoding: 'utf-16be' };
  const wide = sniffWide(bytes);
  if (wide) return { encoding: wide };
  if (isBinary(bytes)) return { problem: 'binary' };
  const other = bytes.findIndex((byte) => byte > 127);
  // Less than a whole character at the end tells nothing yet.
  const cutOff = bytes.length - other < 4 && bytes.subarray(other).every((byte) => byte > 127);
  if (other === -1 || cutOff) return { encoding: 'ascii' };
  return { encoding: isUtf8(bytes) ? 'utf-8' : 'windows-1252' };
}

const WHITESPACE = new Set([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1a]);

/** A list may hold a stray control character, but no NUL and not many. */
function isBinary(bytes: Uint8Array): boolean {
  const controls = bytes.filter((byte) => byte < 32 && !WHITESPACE.has(byte));
  return controls.includes(0) || controls.length * 100 > bytes.length;
}

/** UTF-16 without a mark: a list's delimiters, digits and Latin letters leave every other byte zero. */
function sniffWide(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const zeros = [0, 0];
  for (const [index, byte] of bytes.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const many = Math.max(bytes.length / 2 / 3, 3);
  if (odd > many && even === 0) return 'utf-16le';
  return even > many && odd === 0 ? 'utf-16be' : null;
}

/** Whether the bytes are UTF-8; the last character may be cut off. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** What separates the cells of a list, and how many lines stand before its header (Excel's `sep=;`). */
export type Dialect = { readonly delimiter: string; readonly skipLines: number };

const delimiters = [',', ';', '\t', '|'];
const SAMPLE_RECORDS = 20;

/** Tells the delimiter from the first text of a file (some kilobytes); a single column reads as comma-separated. */
export function sniffDialect(text: string): Dialect {
  const declared = /^sep=([,;\t|])\r?\n/i.exec(text)?.[1];
  if (declared) return { delimiter: declared, skipLines: 1 };
  const records = countPerRecord(text);
  const header = records[0] ?? {};
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of delimiters) {
    const inHeader = header[delimiter] ?? 0;
    const alike = records.filter((counts) => counts[delimiter] === inHeader).length / records.length;
    const score = inHeader === 0 ? 0 : alike * 1000 + inHeader;
    if (score > best.score) best = { delimiter, score };
  }
  return { delimiter: best.delimiter, skipLines: 0 };
}

/** How often each delimiter stands outside quotes, for each of the first records. */
function countPerRecord(text: string): readonly Readonly<Record<string, number>>[] {
  const records: Record<string, number>[] = [];
  let counts: Record<string, number> = {};
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (char === '\n' || char === '\r') {
      if (Object.keys(counts).length > 0) records.push(counts);
      counts = {};
      if (records.length === SAMPLE_RECORDS) break;
    } else if (delimiters.includes(char)) counts[char] = (counts[char] ?? 0) + 1;
  }
  // The last record may be cut off: it counts only when there is no other.
  if (records.length === 0) records.push(counts);
  return records;
}
