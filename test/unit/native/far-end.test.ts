import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  farEndBehaviours,
  heardFile,
  readFarEndRecords,
  ringSecondsOf,
} from '../../../src/native/far-end.ts';

const dialplan = await readFile(join(import.meta.dirname, '../../../dialplan/far-end.conf'), 'utf8');

test('the table at the top of the dialplan and the one for programs are the same', () => {
  const rows = [...dialplan.matchAll(/^; {3}(\d\d) {2}(\S+)/gm)].map(([, code, name]) => [code, name]);
  expect(rows).toEqual(
    Object.entries(farEndBehaviours)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([code, { name }]) => [code, name]),
  );
});

const blockOf = (name: string): string =>
  new RegExp(`^exten => ${name},1,[^]*?(?=^exten|(?![^]))`, 'm').exec(dialplan)?.[0] ?? '';

test.each(Object.entries(farEndBehaviours))(
  'the dialplan does what the table says of %s',
  (code, behaviour) => {
    const own = blockOf(code);
    const block = own + blockOf(/Goto\(([a-z]+),1\)/.exec(own)?.[1] ?? code);
    expect({
      rings: block.includes('Ringing()'),
      answers: block.includes('Answer()'),
      records: block.includes('MixMonitor('),
    }).toEqual({ rings: behaviour.rings, answers: behaviour.ends === 'answer', records: behaviour.records });
  },
);

test.each([
  ['+447700900001', 1],
  ['+447700900501', 6],
  ['+447700900601', 1],
  ['+447700900901', 4],
])('%s rings for %i s', (number, seconds) => {
  expect(ringSecondsOf(number)).toBe(seconds);
});

test('records are read line by line, and one that is still being written is left for later', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-test-'));
  try {
    expect(await readFarEndRecords(folder)).toEqual([]);
    const lines = [
      '+447700900086,+441632960001,16aa594c-4e03,1795504403.155604,0.000000,1795504403.156227,',
      '+447700900099,+441632960001,6951704f@host,1795504403.183309,1795504403.183632,1795504406.158889,2',
      '+4477009',
    ];
    await writeFile(join(folder, 'far-end.csv'), lines.join('\n'));
    const records = await readFarEndRecords(folder);
    expect(records.map(({ dialed, answeredAt }) => [dialed, answeredAt !== undefined])).toEqual([
      ['+447700900086', false],
      ['+447700900099', true],
    ]);
    expect(records.map(({ said }) => said)).toEqual([0, 2]);
    expect(records[0]?.endedAt).toBeCloseTo(1795504403156.227, 2);
    expect(records.map(heardFile)).toEqual([
      '447700900086-16aa594c-4e03.wav',
      '447700900099-6951704fhost.wav',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
