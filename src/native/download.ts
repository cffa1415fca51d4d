/** Downloads over HTTP that go on where they were cut. */
import { open, stat } from 'node:fs/promises';
import type { Say } from './cache.ts';

/** An unreachable host must not hold up a start: there may be other sources. */
const CONNECT_LIMIT_MS = 5_000;
const STALL_LIMIT_MS = 30_000;
const REPORT_EVERY_MS = 3_000;

/** A file to download to `path`, which may already hold its beginning. */
interface Download {
  readonly url: string;
  readonly path: string;
  readonly bytes: number;
  readonly say: Say;
}

/** Downloads until `path` has `bytes` bytes; tries again for as long as each try brings some. Throws what the last said. */
export async function download(wanted: Download): Promise<void> {
  for (;;) {
    const before = await sizeOf(wanted.path);
    if (before === wanted.bytes) return;
    try {
      await downloadRest(wanted, before > wanted.bytes ? 0 : before);
      return;
    } catch (error) {
      if ((await sizeOf(wanted.path)) <= before) throw error;
    }
  }
}

async function downloadRest({ url, path, bytes, say }: Download, from: number): Promise<void> {
  const limit = new AbortController();
  const expire = (what: string) => (): void => limit.abort(new Error(what));
  let timer = setTimeout(expire('no answer in time'), CONNECT_LIMIT_MS);
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  try {
    const response = await fetch(url, { headers, signal: limit.signal });
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    clearTimeout(timer);
    timer = setTimeout(expire('the download stalled'), STALL_LIMIT_MS);
    let size = response.status === 206 ? from : 0;
    const file = await open(path, size > 0 ? 'a' : 'w');
    try {
      const report = reporter(bytes, say);
      for await (const chunk of response.body) {
        timer.refresh();
        size += chunk.length;
        if (size > bytes) throw new Error(`more than the expected ${bytes} bytes`);
        await file.writeFile(chunk);
        report(size);
      }
    } finally {
      await file.close();
    }
    if (size < bytes) throw new Error(`it ended after ${size} of ${bytes} bytes`);
  } finally {
    clearTimeout(timer);
  }
}

function reporter(bytes: number, say: Say): (size: number) => void {
  let next = performance.now() + REPORT_EVERY_MS;
  return (size) => {
    if (performance.now() < next) return;
    next += REPORT_EVERY_MS;
    say(`  ${Math.floor((100 * size) / bytes)} %`);
  };
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
