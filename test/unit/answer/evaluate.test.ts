import { expect, test } from 'vitest';
import { evaluate, type JudgedCall } from '../../../src/answer/evaluate.ts';

const call = (
  label: JudgedCall['label'],
  ...verdicts: (readonly [JudgedCall['label'], number])[]
): JudgedCall => ({
  label,
  verdicts: verdicts.map(([name, atMs]) => ({ class: name, atMs })),
  beepEndMs: null,
  beeps: [],
});

test('rates, decision times and the matrix follow from the calls', () => {
  const report = evaluate([
    call('human', ['human', 900]),
    call('human', ['human', 1_100]),
    call('human', ['voicemail', 1_000], ['human', 4_000]),
    call('human'),
    call('human', ['unknown', 2_500], ['human', 3_000]),
    call('voicemail', ['human', 1_200], ['voicemail', 5_000]),
    call('voicemail', ['human', 1_200]),
    call('sit_vacant', ['sit_vacant', 1_300]),
    call('sit_reorder', ['sit_vacant', 1_300]),
    {
      ...call('voicemail', ['voicemail', 3_060]),
      beepEndMs: 3_000,
      beeps: [{ atMs: 3_060, endedMs: 3_010 }],
    },
    {
      ...call('voicemail', ['voicemail', 3_300]),
      beepEndMs: 3_000,
      beeps: [{ atMs: 3_300, endedMs: 3_010 }],
    },
  ]);
  expect(report).toMatchObject({
    files: 11,
    humanToMachine: 0.2,
    machineToHuman: 0.25,
    machineFirstHuman: 0.5,
    decisionMs: { human: { p50: 3_000, p95: 4_000 }, machine: { p50: 3_300, p95: 5_000 } },
    beepFound: 0.5,
    sitFound: 1,
    confusion: {
      human: { human: 4, unknown: 1 },
      voicemail: { voicemail: 3, human: 1 },
      sit_reorder: { sit_vacant: 1 },
    },
  });
  expect(report.perClass.human).toEqual({ files: 5, precision: 0.8, recall: 0.8 });
});

test('a set without some kinds of calls has no rates for them', () => {
  expect(evaluate([])).toMatchObject({ files: 0, humanToMachine: null, beepFound: null, sitFound: null });
});
