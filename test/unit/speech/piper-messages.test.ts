import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageReader } from '../../../src/speech/piper-messages.ts';

function message(kind: string, body: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(body);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.from(kind), length, bytes]);
}

const output = Buffer.concat([
  message('R'),
  message('A', Buffer.from([1, 0, 255, 255])),
  message('A'),
  message('E'),
  message('X', 'no such phoneme: ä'),
]);

test('the messages come out whole, however the output is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: output.length })), (cuts) => {
      const reader = messageReader();
      const edges = [0, ...cuts.sort((a, b) => a - b), output.length];
      const chunks = edges.slice(1).map((end, i) => output.subarray(edges[i], end));
      expect(chunks.flatMap((chunk) => reader.push(chunk))).toEqual([
        { kind: 'ready' },
        { kind: 'audio', samples: Int16Array.of(1, -1) },
        { kind: 'audio', samples: new Int16Array(0) },
        { kind: 'end' },
        { kind: 'failed', reason: 'no such phoneme: ä' },
      ]);
    }),
  );
});

test('a kind it does not know is an error', () => {
  expect(() => messageReader().push(message('?'))).toThrow('unknown kind ?');
});
