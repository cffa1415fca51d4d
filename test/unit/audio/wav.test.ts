import { expect, test } from 'vitest';
import { readWav, WAV_HEADER_BYTES, wavHeader, writeWav } from '../../../src/audio/wav.ts';

const bytes = (text: string): number[] => Array.from(Buffer.from(text));
const chunk = (name: string, ...body: number[]): number[] => [...bytes(name), body.length, 0, 0, 0, ...body];
const riff = (...chunks: number[][]): Uint8Array =>
  Uint8Array.from([...bytes('RIFF'), 0, 0, 0, 0, ...bytes('WAVE'), ...chunks.flat()]);
const format = (tag: number, bits: number): number[] =>
  chunk('fmt ', tag, 0, 1, 0, 0x40, 0x1f, 0, 0, 0, 0, 0, 0, 1, 0, bits, 0);

test('what is written is read', () => {
  const wav = { sampleRate: 16_000, channels: 2, samples: Int16Array.of(1, -1, 32_767, -32_768) };
  expect(readWav(writeWav(wav))).toEqual(wav);
});

test('a header laid over the first one gives the same file', () => {
  const whole = writeWav({ sampleRate: 8_000, channels: 1, samples: Int16Array.of(7, 8, 9) });
  const recorded = Uint8Array.from([...wavHeader(8_000, 1, 0), ...whole.subarray(WAV_HEADER_BYTES)]);
  recorded.set(wavHeader(8_000, 1, 3));
  expect(recorded).toEqual(whole);
});

test.each([
  ['µ-law', riff(format(7, 8), chunk('data', 0x80, 0x00)), [32_124, -32_124]],
  ['A-law', riff(format(6, 8), chunk('data', 0xd5)), [8]],
  [
    'a chunk of odd size before the data',
    riff(format(1, 16), chunk('note', 1), [0], chunk('data', 5, 0)),
    [5],
  ],
  ['a data size of 0 after a crash', riff(format(1, 16), [...bytes('data'), 0, 0, 0, 0, 5, 0, 6, 0]), [5, 6]],
  ['an unknown data size', riff(format(1, 16), [...bytes('data'), 255, 255, 255, 255, 5, 0]), [5]],
])('reads %s', (_name, file, samples) => {
  expect(readWav(file)).toEqual({ sampleRate: 8_000, channels: 1, samples: Int16Array.from(samples) });
});

test('reads a file that begins anywhere in memory', () => {
  const file = riff(format(1, 16), chunk('data', 5, 0));
  const memory = new Uint8Array(file.length + 3);
  memory.set(file, 3);
  expect([...readWav(memory.subarray(3)).samples]).toEqual([5]);
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['an mp3', Uint8Array.from(bytes('ID3 not a wave file'))],
  ['no data', riff(format(1, 16))],
  ['data before the format', riff(chunk('data', 1, 2))],
  ['24 bits', riff(format(1, 24), chunk('data', 1, 2, 3))],
  ['a cut header', riff(format(1, 16)).subarray(0, 20)],
])('refuses %s', (_name, file) => {
  expect(() => readWav(file)).toThrow(expect.objectContaining({ code: 'WAV_UNREADABLE' }));
});
