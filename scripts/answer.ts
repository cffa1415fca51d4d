/**
 * `npm run answer -- FILES… [--early] [--channel N] [--json]`: tells who or what answers in recordings.
 * Time 0 of a file is the answer, or with `--early` the first early media before it.
 * `npm run answer -- --labels LIST`: how well a labelled set is judged, and what other thresholds would change.
 * `npm run answer -- --corrected URL`: the same for the calls of a running service that people have corrected.
 */
import { parseArgs } from 'node:util';
import { DEFAULT_THRESHOLDS, type AnswerThresholds } from '../src/answer/classify.ts';
import type { AnswerReport } from '../src/answer/evaluate.ts';
import { judgeLabelled, matrixText, readLabels } from './answer/labelled.ts';
import { openOwnCalls } from './answer/own.ts';
import { readHead, judge, type Judgement } from './answer/recording.ts';

const USAGE = `npm run answer -- FILES… [--early] [--channel N] [--json]

Tells who or what answers in WAV recordings (16-bit PCM, µ-law or A-law, any rate).
  --early      the recording starts with the early media of a call that was not answered
  --channel N  which channel of a recording with several is the far end (default 1)
  --json       one JSON line per file

npm run answer -- --labels LIST [--human P] [--machine P]

Judges your own calls. LIST has lines of file,label,trunk. Prints a matrix per trunk, as things are and with the
other thresholds: a voice is a person's from probability --human on, a recording's down to --machine.

npm run answer -- --corrected URL [--human P] [--machine P] [--save TRUNK]

The same for the calls that people have corrected in the service at URL; CARILLON_KEY is a key of it. With --save the
thresholds are then those of the trunk.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    early: { type: 'boolean', default: false },
    channel: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    labels: { type: 'string' },
    corrected: { type: 'string' },
    save: { type: 'string' },
    human: { type: 'string' },
    machine: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.labels) await judgeSet(values.labels).catch(fail);
else if (values.corrected) await judgeOwn(values.corrected).catch(fail);
else if (values.help || positionals.length === 0) {
  process.stdout.write(USAGE);
  process.exitCode = values.help ? 0 : 2;
}

for (const file of positionals) {
  try {
    const recording = await readHead(file, Number(values.channel));
    const judgement = judge(recording, { answered: !values.early });
    print(values.json ? JSON.stringify(lineOf(file, judgement)) : textOf(file, judgement));
  } catch (error) {
    process.exitCode = 1;
    const reason = error instanceof Error ? error.message : String(error);
    print(values.json ? JSON.stringify({ file, error: reason }) : `${file}: ${reason}`);
  }
}

async function judgeSet(list: string): Promise<void> {
  const files = await readLabels(list);
  for (const thresholds of [DEFAULT_THRESHOLDS, ...changedThresholds()]) {
    print(`\n${saidOf(thresholds)}:`);
    for (const [trunk, report] of await judgeLabelled(files, () => thresholds)) printReport(trunk, report);
  }
}

async function judgeOwn(url: string): Promise<void> {
  const own = await openOwnCalls(url, process.env['CARILLON_KEY'] ?? '');
  const changed = changedThresholds();
  if (values.save && changed.length === 0) throw new Error('--save needs --human or --machine.');
  print('\nAs the calls were judged:');
  for (const { trunkId, calls, ...report } of await own.confusion())
    printReport(trunkId, { files: calls, ...report });
  const labelled = await own.recorded();
  print(
    `\nBy the sound of the ${labelled.length} that were recorded, and their words on record, with the thresholds of now:`,
  );
  for (const [trunk, report] of await judgeLabelled(labelled, own.thresholdsOf)) printReport(trunk, report);
  for (const thresholds of changed) {
    print(`\nThe same, ${saidOf(thresholds)}:`);
    for (const [trunk, report] of await judgeLabelled(labelled, () => thresholds)) printReport(trunk, report);
    if (!values.save) continue;
    await own.save(values.save, thresholds);
    print(`\nSaved for trunk ${values.save}.`);
  }
}

/** Those asked for, if any were. */
function changedThresholds(): AnswerThresholds[] {
  const { human, machine } = DEFAULT_THRESHOLDS;
  if (!values.human && !values.machine) return [];
  return [{ human: probability(values.human, human), machine: probability(values.machine, machine) }];
}

function saidOf({ human, machine }: AnswerThresholds): string {
  return `a person's from ${human} on, a recording's down to ${machine}`;
}

type Report = Pick<AnswerReport, 'files' | 'humanToMachine' | 'machineToHuman' | 'confusion'>;

function printReport(trunk: string, report: Report): void {
  print(
    `\nTrunk ${trunk}: ${report.files} calls, people taken for machines ${share(report.humanToMachine)}, machines taken for people ${share(report.machineToHuman)}`,
  );
  print(matrixText(report));
}

function probability(given: string | undefined, otherwise: number): number {
  const value = Number(given ?? otherwise);
  if (!(value >= 0 && value <= 1)) throw new Error(`${given} is not a probability between 0 and 1.`);
  return value;
}

function fail(error: unknown): void {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

function share(rate: number | null): string {
  return rate === null ? 'none' : `${(100 * rate).toFixed(1)} %`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function lineOf(file: string, { verdicts, beeps, ...rest }: Judgement): object {
  const last = verdicts.at(-1);
  return {
    file,
    verdict: last?.class ?? 'unknown',
    at_ms: last?.atMs ?? null,
    beep_ms: beeps[0]?.endedMs ?? null,
    evidence: {
      ...last?.evidence,
      margin: last?.margin ?? 0,
      earlier: verdicts.slice(0, -1).map(brief),
      ...rest,
    },
  };
}

function brief({ class: verdict, atMs }: Judgement['verdicts'][number]): object {
  return { verdict, at_ms: atMs };
}

function textOf(file: string, { verdicts, beeps, listenedMs, channels, channel }: Judgement): string {
  const part = channels > 1 ? `, channel ${channel} of ${channels}` : '';
  const lines = [`${file} (${(listenedMs / 1_000).toFixed(1)} s heard${part})`];
  for (const { class: name, atMs, margin, evidence } of verdicts) {
    const tones = evidence.tones.map(
      ({ name: tone, hz, fromMs, toMs }) => `${tone} ${hz.toFixed(0)} Hz ${fromMs}–${toMs} ms`,
    );
    const why = [
      `by ${evidence.because}`,
      ...(evidence.human === null ? [] : [`a person's voice with probability ${evidence.human.toFixed(3)}`]),
      ...tones,
      ...(evidence.phrase ? [`“${evidence.phrase}”`] : []),
    ];
    lines.push(
      `  ${(atMs / 1_000).toFixed(2).padStart(6)} s  ${name}  (margin ${margin.toFixed(2)}; ${why.join('; ')})`,
    );
  }
  for (const beep of beeps)
    lines.push(
      `  ${(beep.endedMs / 1_000).toFixed(2).padStart(6)} s  a beep of ${beep.hz.toFixed(0)} Hz ends`,
    );
  if (verdicts.length === 0) lines.push('  nothing that tells who answered: unknown');
  return lines.join('\n');
}
