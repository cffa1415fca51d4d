import { expect, test } from 'vitest';
import { rmsDbfs } from '../../../src/audio/levels.ts';

test.each([
  ['a full square wave', [-32_768, -32_768], 0],
  ['half of it', [16_384, -16_384], -6.02],
  ['the quietest sample', [1, -1], -90.31],
  ['silence', [0, 0], -Infinity],
  ['nothing', [], -Infinity],
])('%s has %s at %f dBFS', (_name, samples, dbfs) => {
  expect(rmsDbfs(Int16Array.from(samples))).toBeCloseTo(dbfs, 2);
});
