/**
 * `node scripts/run.mjs answer/fixtures`: commits what the tests need of the corpus. Writes the manifest of the whole
 * test split, with a hash of each file to compare a rebuilt corpus with, and a few files of each class themselves.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnswerClass } from '../../src/answer/verdict.ts';
import { openCorpus } from './corpus.ts';

/** Files kept of each class: the first whose licences let them lie in this repository. */
const KEPT: Readonly<Record<AnswerClass, number>> = {
  human: 8,
  voicemail: 8,
  mailbox_full: 1,
  call_screening: 1,
  ivr: 2,
  fax_modem: 2,
  sit_intercept: 1,
  sit_vacant: 1,
  sit_reorder: 2,
  sit_no_circuit: 1,
  ringback_after_answer: 2,
  busy_after_answer: 2,
  silence: 1,
  unknown: 0,
};

const LICENCES = new Set(['CC0-1.0', 'CC-BY-SA-3.0']);

const target = new URL('../../test/fixtures/answer/', import.meta.url).pathname;
const { folder, entries } = await openCorpus('test', (line) => void process.stderr.write(`${line}\n`));
await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });

const left = { ...KEPT };
const lines: string[] = [];
for (const { line, split: _, id: __, ...entry } of entries) {
  const path = join(folder, entry.file);
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
    .slice(0, 16);
  const kept = left[entry.label] > 0 && LICENCES.has(entry.licence);
  if (kept) {
    left[entry.label] -= 1;
    await copyFile(path, join(target, entry.file));
  }
  const { codec, loss, noiseDbm0 } = line;
  lines.push(JSON.stringify({ ...entry, codec, loss, noise_dbm0: Math.round(noiseDbm0), sha256, kept }));
}
await writeFile(join(target, 'manifest.jsonl'), `${lines.join('\n')}\n`);
