/** Piper, the engine that speaks: a Python package and its voices. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildOnce, cacheFolder, type Say } from './cache.ts';
import { fetchModel } from './models.ts';
import { findPip, findPython } from './python.ts';

const PACKAGE = 'piper-tts==1.8.0';
const STANDARD_VOICE = 'en_US-joe-medium';

/** What Piper is started with: Python, the folder of its packages, and the voices by name, the standard one first. */
export interface PiperFiles {
  readonly python: string;
  readonly packages: string;
  readonly voices: ReadonlyMap<string, { readonly file: string; readonly sampleRate: number }>;
}

/**
 * Installs Piper and fetches its standard voice unless both are there; `folder` may hold more, each `NAME.onnx` with
 * its `NAME.onnx.json`. The packages go into a folder of their own, which needs no right to change the host's Python.
 * Throws `NO_PYTHON`, `PIP_FAILED` or `FILE_UNAVAILABLE`.
 */
export async function preparePiper(say: Say, folder?: string): Promise<PiperFiles> {
  const python = await findPython();
  const target = join(cacheFolder(), `${PACKAGE.replace('==', '-')}-${python.tag}`);
  const packages = await buildOnce(target, say, async (draft) => {
    say(`Installing ${PACKAGE} …`);
    const pip = await findPip(python, say);
    await pip('install', '--no-cache-dir', '--only-binary=:all:', '--target', draft, PACKAGE);
  });
  await fetchModel(`${STANDARD_VOICE}.onnx.json`, say);
  const standard = await fetchModel(`${STANDARD_VOICE}.onnx`, say);
  const further = folder === undefined ? [] : await readdir(folder);
  const files = [
    [STANDARD_VOICE, standard] as const,
    ...further
      .filter((name) => name.endsWith('.onnx') && further.includes(`${name}.json`))
      .map((name) => [name.slice(0, -'.onnx'.length), join(folder ?? '', name)] as const),
  ];
  const voices = files.map(async ([name, file]) => [name, { file, sampleRate: await rateOf(file) }] as const);
  return { python: python.command, packages, voices: new Map(await Promise.all(voices)) };
}

async function rateOf(file: string): Promise<number> {
  const { audio } = JSON.parse(await readFile(`${file}.json`, 'utf8')) as { audio: { sample_rate: number } };
  return audio.sample_rate;
}
