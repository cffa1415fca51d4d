/**
 * `node scripts/run.mjs answer/train`: trains the voice model on the corpus's train split and writes
 * `src/answer/weights.json`. Deterministic: the same corpus and seed give the same file.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav } from '../../src/audio/wav.ts';
import { FEATURES, readFeatures } from '../../src/answer/features.ts';
import { ear } from '../../src/answer/heard.ts';
import { compress, humanModel } from '../../src/answer/model.ts';
import { GROUP_OF } from '../../src/answer/verdict.ts';
import { openCorpus, type Entry } from './corpus.ts';
import { trainNetwork, type Example } from './network.ts';
import type { Split } from './speakers.ts';

const STEP_MS = 100;
const HORIZON_MS = 10_000;
const SETTINGS = { hidden: [24, 12], epochs: 10, rate: 0.004, seed: 'carillon' };

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const train = await readExamples('train');
const weights = trainNetwork(train, SETTINGS, (epoch, loss) =>
  say(`epoch ${epoch + 1}: loss ${loss.toFixed(4)}`),
);
await writeFile(new URL('../../src/answer/weights.json', import.meta.url), `${JSON.stringify(weights)}\n`);

const model = humanModel(weights);
const tune = await readExamples('tune', (row) => row);
const right = tune.filter(({ row, target }) => model(row) >= 0.5 === (target === 1)).length;
say(
  `${train.length} moments trained on; ${((100 * right) / tune.length).toFixed(1)} % of ${tune.length} tune moments right`,
);

/** The moments of all people and machines of a split, people weighing as much as machines. */
async function readExamples(
  split: Split,
  see = (row: Float32Array): Float32Array => Float32Array.from(row, compress),
): Promise<Example[]> {
  const { folder, entries } = await openCorpus(split, say);
  const voices = entries.filter(({ label }) => GROUP_OF[label] === 'person' || GROUP_OF[label] === 'machine');
  const people = voices.filter(({ label }) => label === 'human').length;
  const examples: Example[] = [];
  for (const entry of voices) {
    const target = entry.label === 'human' ? 1 : 0;
    const weight = target ? 1 : people / (voices.length - people);
    for (const row of await readRows(folder, entry)) examples.push({ row: see(row), target, weight });
  }
  return examples;
}

/** The features every 100 ms, until a tone settles the matter. */
async function readRows(folder: string, { file }: Entry): Promise<Float32Array[]> {
  const { samples } = readWav(await readFile(join(folder, file)));
  const hearing = ear();
  const rows: Float32Array[] = [];
  for (let at = 0; at < Math.min(samples.length, HORIZON_MS * 8); at += STEP_MS * 8) {
    if (hearing.push(samples.subarray(at, at + STEP_MS * 8)).length > 0) break;
    const row = readFeatures(hearing.voice(), hearing.nowMs(), new Float32Array(FEATURES.length));
    if (row) rows.push(row);
  }
  return rows;
}
