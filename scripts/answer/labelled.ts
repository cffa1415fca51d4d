/** An operator's own calls with corrected verdicts: how well they are judged per trunk, and what other thresholds change. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { AnswerThresholds } from '../../src/answer/classify.ts';
import { evaluate, type AnswerReport, type JudgedCall } from '../../src/answer/evaluate.ts';
import { ANSWER_CLASSES, type AnswerClass } from '../../src/answer/verdict.ts';
import { judge, readHead, type HeardWords, type Recording } from './recording.ts';

/** A recorded call, the verdict that a person gave it, and the trunk it came over. */
export interface LabelledCall {
  readonly label: AnswerClass;
  readonly trunk: string;
  readonly read: () => Promise<Recording>;
  /** What was understood of it, where that is on record. */
  readonly words?: () => Promise<readonly HeardWords[]>;
}

/** Reads lines of `file,label[,trunk]`, paths being relative to the list; throws an Error that names a bad line. */
export async function readLabels(list: string): Promise<LabelledCall[]> {
  const lines = (await readFile(list, 'utf8')).split(/\r?\n/u);
  return lines.flatMap((line, i) => {
    if (line.trim() === '' || line.startsWith('file,')) return [];
    const [file = '', label = '', trunk = 'all'] = line.split(',').map((cell) => cell.trim());
    const known = ANSWER_CLASSES.find((name) => name === label);
    if (!known)
      throw new Error(`${list}, line ${i + 1}: “${label}” is not one of ${ANSWER_CLASSES.join(', ')}.`);
    return [{ label: known, trunk, read: async () => readHead(resolve(dirname(list), file)) }];
  });
}

/** Judges a labelled set by its sound and the words that are on record, under the thresholds of each trunk; a report for each trunk. */
export async function judgeLabelled(
  labelled: readonly LabelledCall[],
  thresholdsOf: (trunk: string) => AnswerThresholds,
): Promise<Map<string, AnswerReport>> {
  const calls = new Map<string, JudgedCall[]>();
  for (const { label, trunk, read, words } of labelled) {
    const heard = (await words?.()) ?? [];
    const { verdicts, beeps } = judge(await read(), { thresholds: thresholdsOf(trunk), words: heard });
    calls.set(trunk, [...(calls.get(trunk) ?? []), { label, verdicts, beeps, beepEndMs: null }]);
  }
  return new Map([...calls].map(([trunk, of]) => [trunk, evaluate(of)]));
}

/** The confusion matrix as text: a row per label, a column per verdict. */
export function matrixText({ confusion }: Pick<AnswerReport, 'confusion'>): string {
  const labels = ANSWER_CLASSES.filter((name) => confusion[name]);
  const said = ANSWER_CLASSES.filter((name) => labels.some((label) => confusion[label]?.[name]));
  const width = Math.max(...[...labels, ...said].map((name) => name.length)) + 2;
  const row = (cells: readonly string[]): string => cells.map((cell) => cell.padStart(width)).join('');
  return [
    row(['is ↓ said →', ...said]),
    ...labels.map((label) => row([label, ...said.map((name) => String(confusion[label]?.[name] ?? '·'))])),
  ].join('\n');
}
