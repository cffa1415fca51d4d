import { describe, expect, test } from 'vitest';
import { decodeALaw, decodeMuLaw, encodeALaw, encodeMuLaw } from '../../../src/audio/g711.ts';

interface Law {
  readonly encode: typeof encodeMuLaw;
  readonly decode: typeof decodeMuLaw;
  readonly table: readonly [sample: number, code: number, heard: number][];
}

const laws: Readonly<Record<string, Law>> = {
  'µ-law': {
    encode: encodeMuLaw,
    decode: decodeMuLaw,
    // ITU-T G.711 table 2a, scaled from 14 to 16 bits: decision values, codes, and what the codes stand for
    table: [
      [32_767, 0x80, 32_124],
      [-32_768, 0x00, -32_124],
      [16_000, 0x90, 15_996],
      [1_000, 0xce, 988],
      [-1_000, 0x4e, -988],
      [8, 0xfe, 8],
      [0, 0xff, 0],
      [-4, 0x7e, -8],
    ],
  },
  'A-law': {
    encode: encodeALaw,
    decode: decodeALaw,
    table: [
      [32_767, 0xaa, 32_256],
      [-32_768, 0x2a, -32_256],
      [16_000, 0xba, 16_128],
      [1_000, 0xfa, 1_008],
      [-1_000, 0x7a, -1_008],
      [8, 0xd5, 8],
      [0, 0xd5, 8],
      [-1, 0x55, -8],
    ],
  },
};

describe.each(Object.entries(laws))('%s', (_name, { encode, decode, table }) => {
  test.each(table)('sample, code, heard: %j %j %j', (sample, code, heard) => {
    expect(encode(Int16Array.of(sample))).toEqual(Uint8Array.of(code));
    expect(decode(Uint8Array.of(code))).toEqual(Int16Array.of(heard));
  });

  test('every code survives decoding and encoding, the negative zero as zero', () => {
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
    expect(decode(encode(decode(codes)))).toEqual(decode(codes));
  });

  test('the error of any sample is at most half its step, 1/32 of its size and a little more near zero', () => {
    const samples = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
    const heard = decode(encode(samples));
    for (const [i, sample] of samples.entries()) {
      const error = Math.abs(sample - (heard[i] ?? 0));
      if (error > Math.abs(sample) / 32 + 16) expect.fail(`${sample} is heard as ${heard[i]}`);
    }
  });

  test('fills the array it is given', () => {
    const codes = new Uint8Array(2);
    expect(encode(Int16Array.of(1, 2), codes)).toBe(codes);
    const samples = new Int16Array(2);
    expect(decode(codes, samples)).toBe(samples);
  });
});
