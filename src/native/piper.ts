/** Piper, the engine that speaks: a Python package and a voice, both in the cache. */
import { join } from 'node:path';
import { buildOnce, cacheFolder, type Say } from './cache.ts';
import { fetchModel } from './models.ts';
import { findPip, findPython } from './python.ts';

const PACKAGE = 'piper-tts==1.8.0';
const VOICE = 'en_US-joe-medium.onnx';

/** What a Piper worker is started with: Python, the folder of its packages, and the voice with its `.json` beside it. */
export interface PiperFiles {
  readonly python: string;
  readonly packages: string;
  readonly voice: string;
}

/**
 * Installs Piper and fetches its voice unless both are there. The packages go into a folder of their own, which
 * needs no right to change the host's Python. Throws `NO_PYTHON`, `PIP_FAILED` or `FILE_UNAVAILABLE`.
 */
export async function preparePiper(say: Say): Promise<PiperFiles> {
  const python = await findPython();
  const folder = join(cacheFolder(), `${PACKAGE.replace('==', '-')}-${python.tag}`);
  const packages = await buildOnce(folder, say, async (draft) => {
    say(`Installing ${PACKAGE} …`);
    const pip = await findPip(python, say);
    await pip('install', '--no-cache-dir', '--only-binary=:all:', '--target', draft, PACKAGE);
  });
  await fetchModel(`${VOICE}.json`, say);
  return { python: python.command, packages, voice: await fetchModel(VOICE, say) };
}
