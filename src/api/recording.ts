import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { FastifyReply } from 'fastify';
import { refuse } from './problem.ts';

/**
 * Sends a recording, whole or one range of bytes (RFC 9110 §14.2), so that a player can seek. A file that is gone
 * is a 404; one that lies outside the folder, be it through a link, is too.
 */
export async function sendRecording(
  reply: FastifyReply,
  { folder, file, range }: { folder: string; file: string; range: string | undefined },
): Promise<FastifyReply> {
  const path = await locate(folder, file);
  if (path === null) return refuse(reply, 'not-found', 'The recording’s file is gone.');
  const { size } = await stat(path);
  const wanted = parseRange(range, size);
  reply.header('accept-ranges', 'bytes');
  if (wanted === 'unsatisfiable') {
    reply.header('content-range', `bytes */${size}`);
    return refuse(reply, 'range-not-satisfiable', `The recording has ${size} bytes.`);
  }
  const { from, to } = wanted ?? { from: 0, to: size - 1 };
  if (wanted) reply.code(206).header('content-range', `bytes ${from}-${to}/${size}`);
  return reply
    .type('audio/wav')
    .header('content-length', to - from + 1)
    .send(createReadStream(path, { start: from, end: to }));
}

async function locate(folder: string, file: string): Promise<string | null> {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, file));
    return path.startsWith(root + sep) ? path : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** One range of bytes, both ends included; null where the header asks for none, or for what we may ignore. */
function parseRange(
  header: string | undefined,
  size: number,
): { from: number; to: number } | 'unsatisfiable' | null {
  const [match, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (match === undefined || (first === '' && last === '')) return null;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return from >= size || (first === '' && Number(last) === 0) ? 'unsatisfiable' : { from, to };
}
