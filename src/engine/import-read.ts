import { pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { createDecoder, type Decoder } from '../contact/decode.ts';
import { fileProblems, sniffDialect, type Dialect } from '../contact/sniff.ts';

/** A list that has been opened: its text from the start, and how its rows are written. */
type OpenList = { readonly text: AsyncGenerator<string>; readonly dialect: Dialect };

/** What is wrong with the text of a list, with the line, as a sentence for whoever made it. */
export class ListFault extends Error {
  readonly code = 'LIST_FAULT';
}

/** Enough to tell encoding and delimiter, also after a long header. */
const SAMPLE_BYTES = 64 * 1024;
const SLICE_CHARS = 4 * 1024;
/** A quote that is never closed must not swallow the file. */
const LONGEST_ROW_BYTES = 256 * 1024;

/** Reads as much of a list as it takes to tell how it is written, or why it is none. */
export async function openList(
  bytes: AsyncIterable<Uint8Array>,
): Promise<OpenList | { readonly problem: string }> {
  const chunks = bytes[Symbol.asyncIterator]();
  const start = await readStart(chunks);
  const decoder = createDecoder(start);
  if ('problem' in decoder) return { problem: fileProblems[decoder.problem] };
  const text = decoder.push(start);
  return { text: decodeRest(text, chunks, decoder), dialect: sniffDialect(text) };
}

async function readStart(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let length = 0; length < SAMPLE_BYTES;) {
    const { done, value } = await chunks.next();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

async function* decodeRest(
  start: string,
  chunks: AsyncIterator<Uint8Array>,
  decoder: Decoder,
): AsyncGenerator<string> {
  yield* slice(start);
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    yield* slice(decoder.push(next.value));
  }
  yield decoder.flush();
}

/** Cuts text into pieces, each of which the parser turns into rows at a stroke and holds until they are taken. */
function* slice(text: string): Generator<string> {
  for (let from = 0; from < text.length; from += SLICE_CHARS) yield text.slice(from, from + SLICE_CHARS);
}

/** The rows of a list, the header first; throws a `ListFault` at the line that can't be read. */
export async function* readRecords({ text, dialect }: OpenList): AsyncGenerator<readonly string[]> {
  let line = 0;
  const parser = parse({
    delimiter: dialect.delimiter,
    from_line: dialect.skipLines + 1,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: LONGEST_ROW_BYTES,
    on_record: (record: string[], context) => {
      line = context.lines;
      return record;
    },
  });
  // An error of the text destroys the parser with it, so that the loop below throws it.
  pipeline(text, parser, (error) => void error);
  try {
    for await (const record of parser) yield record as readonly string[];
  } catch (error) {
    throw explain(error, line);
  }
}

/** Says what is wrong, given the line on which the last good row ended. */
function explain(error: unknown, lastGoodLine: number): unknown {
  if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    const problem = `After line ${lastGoodLine} the text is no longer in the encoding in which it began; save it as UTF-8.`;
    return new ListFault(problem, { cause: error });
  }
  if (!(error instanceof CsvError)) return error;
  const problem = csvProblems[error.code];
  if (!problem) return error;
  return new ListFault(problem(lastGoodLine + 1, Number(error['lines'])), { cause: error });
}

/** What csv-parse finds, told with the line on which the row starts and the line that was read last. */
const csvProblems: Readonly<Record<string, (start: number, here: number) => string>> = {
  CSV_QUOTE_NOT_CLOSED: (start) => `Line ${start}: a quote is opened in this row and never closed.`,
  CSV_INVALID_CLOSING_QUOTE: (_start, here) =>
    `Line ${here}: text follows a closing quote; a quote inside a quoted cell is written twice.`,
  INVALID_OPENING_QUOTE: (_start, here) =>
    `Line ${here}: a quote stands inside a cell that does not start with one.`,
  CSV_MAX_RECORD_SIZE: (start) =>
    `Line ${start}: this row is longer than ${LONGEST_ROW_BYTES / 1024} KB; a quote is probably never closed.`,
};
