/** Human speech with its text, as a telephone carries it: Asterisk's prompts through G.711. */
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { SPEECH_RATE } from '../../src/audio/format.ts';
import { decodeMuLaw, encodeMuLaw } from '../../src/audio/g711.ts';
import { resampler } from '../../src/audio/resample.ts';
import { readWav } from '../../src/audio/wav.ts';
import { downloadPackages } from '../../src/native/apt.ts';
import { buildOnce, cacheFolder, withLock, type Say } from '../../src/native/cache.ts';

/** A recorded sentence: 16 kHz, what is left of it after 8 kHz µ-law. */
export interface Prompt {
  readonly name: string;
  readonly text: string;
  readonly samples: Int16Array;
}

const SOUNDS = 'usr/share/asterisk/sounds/en_US_f_Allison';
const TEXTS = 'usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz';

/** Sentences as a callee would say them: at least three words, from one to twelve seconds. */
const FEWEST_WORDS = 3;
const SHORTEST_S = 1;
const LONGEST_S = 12;

/** `count` prompts, spread evenly over all that are sentences. */
export async function loadPrompts(count: number, say: Say): Promise<readonly Prompt[]> {
  const folder = await unpackPrompts(say);
  const list = gunzipSync(await readFile(join(folder, TEXTS))).toString();
  const prompts: Prompt[] = [];
  for (const [, name = '', text = ''] of list.matchAll(/^([\w-]+): (.+)$/gm)) {
    if (/[[\]]/.test(text) || text.split(/\s+/).length < FEWEST_WORDS) continue;
    const samples = await onTheTelephone(join(folder, SOUNDS, `${name}.wav`)).catch(() => new Int16Array(0));
    const seconds = samples.length / SPEECH_RATE;
    if (seconds >= SHORTEST_S && seconds <= LONGEST_S) prompts.push({ name, text, samples });
  }
  return Array.from({ length: count }, (_, i) => prompts[Math.floor((i * prompts.length) / count)]).filter(
    (prompt) => prompt !== undefined,
  );
}

/** The packages without what they depend on, since nothing here plays them. */
async function unpackPrompts(say: Say): Promise<string> {
  return buildOnce(join(cacheFolder(), 'prompts'), say, async (draft) => {
    const apt = join(cacheFolder(), 'apt');
    const names = ['asterisk-core-sounds-en', 'asterisk-core-sounds-en-wav'];
    const debs = await withLock(`${apt}.lock`, say, () => downloadPackages(apt, names, say));
    for (const deb of debs.filter((path) => names.some((name) => path.includes(`/${name}_`)))) {
      await promisify(execFile)('dpkg-deb', ['-x', deb, draft]);
    }
    await rm(join(draft, 'usr/share/asterisk/sounds/en'), { force: true });
  });
}

async function onTheTelephone(path: string): Promise<Int16Array> {
  const { sampleRate, samples } = readWav(await readFile(path));
  const up = resampler(sampleRate, SPEECH_RATE);
  const parts = [...up.push(decodeMuLaw(encodeMuLaw(samples))), ...up.flush()];
  return Int16Array.from(parts.flatMap((part) => Array.from(part)));
}
