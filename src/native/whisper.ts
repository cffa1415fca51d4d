/** Whisper's model as whisper.cpp wants it, made once on this machine from the file that the manifest names. */
import { execFile } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildOnce, cacheFolder, type Say } from './cache.ts';
import { readCt2 } from './ct2.ts';
import { fetchModel } from './models.ts';
import { programOf, type Prefix } from './prefix.ts';
import { whisperGgml } from './whisper-ggml.ts';

/** The fastest of whisper.cpp's quantisations on a processor with AVX. */
const QUANTISATION = 'q8_0';

/** Fetches, converts and quantises Whisper base unless that is done; returns the path of the model. */
export async function prepareWhisper(prefix: Prefix, say: Say): Promise<string> {
  const model = await fetchModel('faster-whisper-base.bin', say);
  const vocabulary = await fetchModel('faster-whisper-base.vocabulary.txt', say);
  const name = `whisper-base-${QUANTISATION}`;
  const folder = await buildOnce(join(cacheFolder(), name), say, async (draft) => {
    say('Converting the Whisper model …');
    const full = join(draft, 'full.bin');
    const file = await open(full, 'w');
    for (const piece of whisperGgml(readCt2(await readFile(model)), await readFile(vocabulary, 'utf8'))) {
      await file.writeFile(piece);
    }
    await file.close();
    const { command, args, env, cwd } = programOf(prefix, 'whisper-quantize');
    await promisify(execFile)(command, [...args, full, join(draft, `${name}.bin`), QUANTISATION], {
      env: { ...process.env, ...env },
      cwd,
    });
    await rm(full);
  });
  return join(folder, `${name}.bin`);
}
