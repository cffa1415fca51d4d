import { ANSWER_CLASSES, GROUP_OF, type AnswerClass, type AnswerGroup } from './verdict.ts';

/** A labelled call with what the classifier said of it. Times count from the answer. */
export interface JudgedCall {
  readonly label: AnswerClass;
  readonly verdicts: readonly { readonly class: AnswerClass; readonly atMs: number }[];
  /** Where the recorder's beep ends, when there is one, and the beeps that were told. */
  readonly beepEndMs: number | null;
  readonly beeps: readonly { readonly atMs: number; readonly endedMs: number }[];
}

/** Median and 95th percentile; null without a single value. */
export interface Spread {
  readonly p50: number | null;
  readonly p95: number | null;
}

/** How well a set of calls was judged. Rates are shares of the calls they speak of, null without any. */
export interface AnswerReport {
  readonly files: number;
  /** People taken for a machine, at any moment: the agent would have broken off. */
  readonly humanToMachine: number | null;
  /** Machines whose last verdict is a person, or none: what the call ends with. */
  readonly machineToHuman: number | null;
  /** Machines that were called a person at some moment: until then the agent went on as with one. */
  readonly machineFirstHuman: number | null;
  /** When what is so was first said. */
  readonly decisionMs: { readonly human: Spread; readonly machine: Spread };
  /** Beeps told no later than 100 ms after their end. */
  readonly beepFound: number | null;
  /** Special information tones heard as one, of whatever kind. */
  readonly sitFound: number | null;
  readonly perClass: Readonly<Partial<Record<AnswerClass, ClassFigures>>>;
  /** Last verdicts by label. */
  readonly confusion: Confusion;
}

/** Of one class: how often it was there, how much of what was called so is so, and how much of it was found. */
export interface ClassFigures {
  readonly files: number;
  readonly precision: number | null;
  readonly recall: number | null;
}

/** Counts by label, then by verdict. */
export type Confusion = Readonly<
  Partial<Record<AnswerClass, Readonly<Partial<Record<AnswerClass, number>>>>>
>;

const BEEP_LATEST_MS = 100;
const BEEP_REACH_MS = 60;

/** Measures labelled calls: the test split, or an operator's own corrected ones. */
export function evaluate(calls: readonly JudgedCall[]): AnswerReport {
  const people = calls.filter((call) => groupOf(call.label) === 'person');
  const machines = calls.filter((call) => groupOf(call.label) === 'machine');
  const withBeep = calls.filter((call) => call.beepEndMs !== null);
  const withSit = calls.filter((call) => call.label.startsWith('sit_'));
  const confusion = confusionOf(calls);
  return {
    files: calls.length,
    humanToMachine: share(people, (call) =>
      call.verdicts.some((verdict) => groupOf(verdict.class) === 'machine'),
    ),
    machineToHuman: share(machines, (call) => groupOf(lastClass(call)) === 'person'),
    machineFirstHuman: share(machines, (call) => call.verdicts.some((verdict) => verdict.class === 'human')),
    decisionMs: { human: decisions(people), machine: decisions(machines) },
    beepFound: share(withBeep, beepFound),
    sitFound: share(withSit, (call) => lastClass(call).startsWith('sit_')),
    perClass: Object.fromEntries(
      ANSWER_CLASSES.flatMap((name) => {
        const figures = figuresOf(name, calls);
        return figures.files > 0 ? [[name, figures]] : [];
      }),
    ),
    confusion,
  };
}

const groupOf = (name: AnswerClass): AnswerGroup => GROUP_OF[name];
const lastClass = (call: JudgedCall): AnswerClass => call.verdicts.at(-1)?.class ?? 'unknown';

function share(calls: readonly JudgedCall[], holds: (call: JudgedCall) => boolean): number | null {
  return calls.length === 0 ? null : calls.filter(holds).length / calls.length;
}

/** When it was first said who or what answered, for the calls judged rightly in the end; unknown only where nothing else was. */
function decisions(calls: readonly JudgedCall[]): Spread {
  const times = calls
    .filter((call) => groupOf(lastClass(call)) === groupOf(call.label))
    .flatMap(({ label, verdicts }) => {
      const said = verdicts.find(
        (verdict) => verdict.class !== 'unknown' && groupOf(verdict.class) === groupOf(label),
      );
      return (said ?? verdicts.at(-1))?.atMs ?? [];
    })
    .sort((a, b) => a - b);
  const at = (portion: number): number | null =>
    times[Math.min(times.length - 1, Math.floor(portion * times.length))] ?? null;
  return { p50: at(0.5), p95: at(0.95) };
}

function beepFound({ beepEndMs, beeps }: JudgedCall): boolean {
  return beeps.some(
    ({ atMs, endedMs }) =>
      beepEndMs !== null &&
      Math.abs(endedMs - beepEndMs) <= BEEP_REACH_MS &&
      atMs - beepEndMs <= BEEP_LATEST_MS,
  );
}

function figuresOf(name: AnswerClass, calls: readonly JudgedCall[]): ClassFigures {
  const labelled = calls.filter((call) => call.label === name);
  const named = calls.filter((call) => lastClass(call) === name);
  const right = labelled.filter((call) => lastClass(call) === name).length;
  return {
    files: labelled.length,
    precision: named.length === 0 ? null : right / named.length,
    recall: labelled.length === 0 ? null : right / labelled.length,
  };
}

function confusionOf(calls: readonly JudgedCall[]): Confusion {
  const counts: Partial<Record<AnswerClass, Partial<Record<AnswerClass, number>>>> = {};
  for (const call of calls) {
    const row = (counts[call.label] ??= {});
    const said = lastClass(call);
    row[said] = (row[said] ?? 0) + 1;
  }
  return counts;
}
