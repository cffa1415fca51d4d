import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringReader } from '../../../src/llm/string-reader.ts';

test('gives the value as it comes, however its JSON is cut, the end of a line, and nothing of what follows', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(400)), fc.boolean(), (value, cuts, ascii) => {
      const json = JSON.stringify(value).slice(1);
      const escaped = ascii
        ? json.replaceAll(/[^\x20-\x7E]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
        : json;
      const whole = `${escaped},"action":"\\"no\\""}`;
      const edges = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
      const read = stringReader();
      const pieces = edges.slice(1).map((end, i) => read(whole.slice(edges[i], end)));
      expect(pieces.join('')).toBe(`${value}\n`);
    }),
  );
});

test('waits only for the rest of an escape', () => {
  const read = stringReader();
  expect(['Sure', ', "', 'x'].map((chunk) => read(chunk))).toEqual(['Sure', ', \n', '']);
  const escapes = stringReader();
  expect(['a\\', 'nb\\u00', 'e9'].map((chunk) => escapes(chunk))).toEqual(['a', '\nb', 'é']);
});
