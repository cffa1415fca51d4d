import { expect, test } from 'vitest';
import { parseLog } from '../../../scripts/bench/amd.ts';

test('verdicts and their times are read from the log of Asterisk', () => {
  const log = `[2026-11-24 07:00:00.000] NOTICE[8][C-1]: Ext. stock:1 @ amd: AMD-START stock a
[2026-11-24 07:00:00.500] NOTICE[9][C-2]: Ext. tuned:1 @ amd: AMD-START tuned a
[2026-11-24 07:00:01.250] NOTICE[8][C-1]: Ext. stock:3 @ amd: AMD-DONE stock a HUMAN HUMAN-800-800
[2026-11-24 07:00:03.000] WARNING[9][C-2]: something else
`;
  expect(parseLog(log)).toEqual([
    { setting: 'stock', id: 'a', status: 'HUMAN', cause: 'HUMAN-800-800', ms: 1_250 },
  ]);
});
