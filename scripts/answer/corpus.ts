/**
 * The corpus: scenes of every class, drawn by seed, as G.711 WAV files with a manifest.
 * `npm run answer/corpus` builds it into the cache (about 6,000 files, 500 MB); a change of any builder gives a new folder.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildOnce, cacheFolder, type Say } from '../../src/native/cache.ts';
import { ANSWER_CLASSES, type AnswerClass } from '../../src/answer/verdict.ts';
import { g711Wav } from './line.ts';
import { buildScene, stockOf, type Scene } from './scenes.ts';
import { openSources } from './sources.ts';
import { castOf, type Split } from './speakers.ts';

/** One line of the manifest: a scene without its audio, and where that is. */
export interface Entry extends Omit<Scene, 'codes'> {
  readonly file: string;
}

/** Files of each class for every hundred people who answer: machines are mostly voicemail. */
const MIX: Readonly<Record<AnswerClass, number>> = {
  human: 100,
  voicemail: 80,
  mailbox_full: 5,
  call_screening: 7,
  ivr: 8,
  fax_modem: 6,
  sit_intercept: 5,
  sit_vacant: 5,
  sit_reorder: 5,
  sit_no_circuit: 5,
  ringback_after_answer: 5,
  busy_after_answer: 6,
  silence: 3,
  unknown: 0,
};

const PEOPLE: Readonly<Record<Split, number>> = { train: 1_500, tune: 500, test: 800 };

/** What decides how a scene sounds; a change of one makes a new corpus. */
const BUILDERS = ['line', 'phrases', 'random', 'scenes', 'sources', 'speakers', 'tones', 'voices'];

/** Scenes being built at once; a synthesizer works for each while another is being mixed. */
const AT_ONCE = 4;

/** The folder of a split's files and their manifest, built when it is not there yet. */
export async function openCorpus(split: Split, say: Say): Promise<{ folder: string; entries: Entry[] }> {
  const sources = await Promise.all(BUILDERS.map((name) => readFile(new URL(`${name}.ts`, import.meta.url))));
  const counts = JSON.stringify([MIX, PEOPLE]);
  const key = createHash('sha256').update(Buffer.concat(sources)).update(counts).digest('hex').slice(0, 8);
  const wanted = join(cacheFolder(), 'answer', `corpus-${key}`, split);
  const folder = existsSync(wanted)
    ? wanted
    : await buildOnce(wanted, say, (draft) => buildSplit(split, draft, say));
  const manifest = await readFile(join(folder, 'manifest.jsonl'), 'utf8');
  return {
    folder,
    entries: manifest
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Entry),
  };
}

async function buildSplit(split: Split, folder: string, say: Say): Promise<void> {
  const sources = await openSources(say);
  const stock = await stockOf(sources, split, await castOf(sources, split));
  const jobs = ANSWER_CLASSES.flatMap((label) =>
    Array.from({ length: Math.round((PEOPLE[split] * MIX[label]) / 100) }, (_, number) => ({
      label,
      number,
    })),
  );
  say(`Building ${jobs.length} files of the ${split} split …`);
  await mkdir(folder, { recursive: true });
  const entries: Entry[] = [];
  const work = async (): Promise<void> => {
    for (let job = jobs.pop(); job; job = jobs.pop()) {
      const { codes, ...scene } = await buildScene(stock, job.label, job.number);
      const file = `${scene.id}.wav`;
      await writeFile(join(folder, file), g711Wav(codes, scene.line.codec));
      entries.push({ file, ...scene });
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await sources.close();
  }
  entries.sort((a, b) => (a.file < b.file ? -1 : 1));
  await writeFile(
    join(folder, 'manifest.jsonl'),
    entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
  );
}

const tell: Say = (line) => process.stderr.write(`${line}\n`);

if (import.meta.main) {
  const splits = (['train', 'tune', 'test'] as const).filter(
    (split) => process.argv.length < 3 || process.argv.includes(split),
  );
  for (const split of splits) tell(`${split}: ${(await openCorpus(split, tell)).entries.length} files`);
}
