import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judge, readHead } from '../../../scripts/answer/recording.ts';
import { GROUP_OF, type AnswerClass } from '../../../src/answer/verdict.ts';

const folder = 'test/fixtures/answer';

interface Fixture {
  readonly file: string;
  readonly label: AnswerClass;
  readonly beepEndMs: number | null;
  readonly kept: boolean;
}

const fixtures = readFileSync(join(folder, 'manifest.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Fixture)
  .filter(({ kept }) => kept);
const of = (...groups: string[]): Fixture[] =>
  fixtures.filter(({ label }) => groups.includes(GROUP_OF[label]));

test.each(of('person'))('$file: nobody is taken for a machine', async ({ file }) => {
  const { verdicts } = judge(await readHead(join(folder, file)));
  expect(verdicts.map((verdict) => GROUP_OF[verdict.class])).not.toContain('machine');
});

test.each(of('network', 'nobody'))('$file: a tone, or none, is told by its kind', async ({ file, label }) => {
  const { verdicts } = judge(await readHead(join(folder, file)));
  expect(verdicts.at(-1)?.class).toBe(label);
});

test.each(fixtures.filter(({ beepEndMs }) => beepEndMs !== null))(
  '$file: the recorder is known by its beep, within 100 ms',
  async ({ file, beepEndMs }) => {
    const { verdicts, beeps } = judge(await readHead(join(folder, file)));
    expect(GROUP_OF[verdicts.at(-1)?.class ?? 'unknown']).toBe('machine');
    expect(beeps.some(({ atMs }) => Math.abs(atMs - (beepEndMs ?? 0)) <= 100)).toBe(true);
  },
);
