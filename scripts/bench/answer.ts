/**
 * How well and how quickly the classifier tells who answered, on the corpus's test split, beside Asterisk's `AMD()`
 * on the same files in the same run.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { evaluate, type Confusion, type JudgedCall, type Spread } from '../../src/answer/evaluate.ts';
import { GROUP_OF, type AnswerClass } from '../../src/answer/verdict.ts';
import { startWhisperServer } from '../../src/native/engines.ts';
import { openCorpus, type Entry } from '../answer/corpus.ts';
import { keptWordsOf } from '../answer/listening.ts';
import { LANGUAGES } from '../answer/phrases.ts';
import { judge, readHead } from '../answer/recording.ts';
import { runAmd, type AmdFile, type AmdVerdict } from './amd.ts';

/** Asterisk's defaults, and the best of seven settings on the tune split. */
const AMD_SETTINGS = { stock: '', tuned: '2500,1500,800,5000,100,50,5,256' };

/** What is found by sound; rates are shares of files, times count from the answer. */
export type SoundFigures = {
  readonly files: number;
  /** At any moment: the agent would have broken off. */
  readonly human_to_machine: number | null;
  /** By the last verdict, which is what a call ends with. */
  readonly machine_to_human: number | null;
  /** Machines that were called a person at some moment, if only until their beep. */
  readonly machine_first_human: number | null;
  /** When what is so was first said. */
  readonly decision_ms: { readonly human: Spread; readonly machine: Spread };
  readonly beep_found: number | null;
  readonly sit_found: number | null;
};

/** What `npm run bench -- answer` prints. */
export type AnswerBench = SoundFigures & {
  /** Seconds of one core for a second of audio. */
  readonly cpu_per_audio: number;
  /** Where nobody's voice is recorded: every one is a synthesizer's. */
  readonly synthetic_voices: number;
  readonly per_class: Readonly<
    Record<string, { files: number; precision: number | null; recall: number | null }>
  >;
  /** Every so many files with a voice again, once without and once with Whisper's words. */
  readonly words: { readonly files: number; readonly without: WordFigures; readonly with: WordFigures };
  readonly amd_files: number;
  readonly amd_stock: AmdFigures;
  readonly amd_tuned: AmdFigures;
  /** Our errors on people and machines by stock `AMD()`'s on the same files. */
  readonly error_ratio_to_amd: number;
  readonly confusion: Confusion;
};

interface WordFigures {
  readonly human_to_machine: number | null;
  readonly machine_to_human: number | null;
  readonly errors: number;
  readonly confusion: Confusion;
}

interface AmdFigures {
  readonly human_to_machine: number;
  readonly machine_to_human: number;
  readonly decision_ms: Spread;
  readonly errors: number;
}

const WORDS_EVERY = 6;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Judges every file of the test split by its sound: a minute instead of ten, to compare settings. */
export async function benchAnswerSound(): Promise<SoundFigures> {
  const { folder, entries } = await openCorpus('test', say);
  return soundFigures(await judgeAll(folder, entries));
}

/** Judges every file of the test split, then plays those with a voice to `AMD()`. */
export async function benchAnswer(): Promise<AnswerBench> {
  const { folder, entries } = await openCorpus('test', say);
  const started = process.cpuUsage();
  const calls = await judgeAll(folder, entries);
  const { user, system } = process.cpuUsage(started);
  const audioMs = calls.reduce((sum, { listenedMs }) => sum + listenedMs, 0);
  const report = evaluate(calls);

  const voices = calls.filter(({ label }) => isVoice(label));
  const words = await compareWords(
    folder,
    voices.filter((_, i) => i % WORDS_EVERY === 0),
  );
  const files = await Promise.all(voices.map(({ entry }) => amdFile(folder, entry)));
  const amd = await runAmd(files, AMD_SETTINGS, say);
  const stock = amdFigures(voices, amd.get('stock'));
  const errors = voices.filter(isWrong).length;
  return {
    ...soundFigures(calls),
    cpu_per_audio: Number(((user + system) / 1_000 / audioMs).toFixed(5)),
    synthetic_voices: Number(
      (voices.filter(({ entry }) => !entry.recorded).length / voices.length).toFixed(3),
    ),
    per_class: Object.fromEntries(
      Object.entries(report.perClass).map(([name, { files: count, precision, recall }]) => [
        name,
        { files: count, precision: rounded(precision), recall: rounded(recall) },
      ]),
    ),
    words,
    amd_files: voices.length,
    amd_stock: stock,
    amd_tuned: amdFigures(voices, amd.get('tuned')),
    error_ratio_to_amd: Number((errors / Math.max(1, stock.errors)).toFixed(3)),
    confusion: report.confusion,
  };
}

type Call = JudgedCall & { readonly entry: Entry; readonly listenedMs: number };

async function judgeAll(folder: string, entries: readonly Entry[]): Promise<Call[]> {
  const calls: Call[] = [];
  for (const entry of entries) {
    const { verdicts, beeps, listenedMs } = judge(await readHead(join(folder, entry.file)));
    calls.push({ entry, label: entry.label, verdicts, beeps, beepEndMs: entry.beepEndMs, listenedMs });
  }
  return calls;
}

function soundFigures(calls: readonly Call[]): SoundFigures {
  const report = evaluate(calls);
  return {
    files: report.files,
    human_to_machine: rounded(report.humanToMachine),
    machine_to_human: rounded(report.machineToHuman),
    machine_first_human: rounded(report.machineFirstHuman),
    decision_ms: report.decisionMs,
    beep_found: rounded(report.beepFound),
    sit_found: rounded(report.sitFound),
  };
}

/** Judges the files again with what Whisper makes of them, each in its speaker's language. */
async function compareWords(folder: string, calls: readonly Call[]): Promise<AnswerBench['words']> {
  say(`Transcribing ${calls.length} files …`);
  const server = await startWhisperServer(say, pino({ level: 'warn' }, pino.destination(2)));
  try {
    const again: JudgedCall[] = [];
    for (const call of calls) {
      const recording = await readHead(join(folder, call.entry.file));
      const language = languageOf(call.entry);
      const words = await keptWordsOf(recording.samples, { url: server.url, language });
      again.push({ ...call, ...judge(recording, { words }) });
    }
    return { files: calls.length, without: wordFigures(calls), with: wordFigures(again) };
  } finally {
    await server.stop();
  }
}

function wordFigures(calls: readonly JudgedCall[]): WordFigures {
  const { humanToMachine, machineToHuman, confusion } = evaluate(calls);
  return {
    human_to_machine: rounded(humanToMachine),
    machine_to_human: rounded(machineToHuman),
    errors: calls.filter(isWrong).length,
    confusion,
  };
}

const PROMPT_LANGUAGES: Readonly<Record<string, string>> = { june: 'fr', armelle: 'fr', 'avatar-co': 'es' };

/** Templates begin with their language; recorded prompts have their speaker's. */
function languageOf({ template, speaker }: Entry): string {
  const language = LANGUAGES.find((name) => template.startsWith(`${name}.`));
  return language ?? PROMPT_LANGUAGES[speaker ?? ''] ?? 'en';
}

const isVoice = (label: AnswerClass): boolean =>
  GROUP_OF[label] === 'person' || GROUP_OF[label] === 'machine';

/** A person ever taken for a machine, or a machine taken for a person in the end. */
function isWrong({ label, verdicts }: JudgedCall): boolean {
  const last = verdicts.at(-1)?.class ?? 'unknown';
  return label === 'human'
    ? verdicts.some((verdict) => GROUP_OF[verdict.class] === 'machine')
    : GROUP_OF[last] === 'person';
}

async function amdFile(folder: string, { id, file, line }: Entry): Promise<AmdFile> {
  return { id, codec: line.codec, codes: (await readFile(join(folder, file))).subarray(44) };
}

/** `NOTSURE` counts as a person, as Asterisk's documentation suggests. */
function amdFigures(
  voices: readonly { readonly entry: Entry }[],
  verdicts: ReadonlyMap<string, AmdVerdict> | undefined,
): AmdFigures {
  const judged = voices.flatMap(({ entry }) => {
    const verdict = verdicts?.get(entry.id);
    return verdict
      ? [{ human: entry.label === 'human', machine: verdict.status === 'MACHINE', ms: verdict.ms }]
      : [];
  });
  const people = judged.filter(({ human }) => human);
  const machines = judged.filter(({ human }) => !human);
  const lost = people.filter(({ machine }) => machine).length;
  const missed = machines.filter(({ machine }) => !machine).length;
  const times = people
    .filter(({ machine }) => !machine)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b);
  const at = (portion: number): number | null => times[Math.floor(portion * times.length)] ?? null;
  return {
    human_to_machine: Number((lost / people.length).toFixed(4)),
    machine_to_human: Number((missed / machines.length).toFixed(4)),
    decision_ms: { p50: at(0.5), p95: at(0.95) },
    errors: lost + missed,
  };
}

const rounded = (rate: number | null): number | null => (rate === null ? null : Number(rate.toFixed(4)));
