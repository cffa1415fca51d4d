/**
 * G.711: 8 bits per sample that span 14 (µ-law) or 13 (A-law) linear bits, here scaled to 16.
 * All four directions are table look-ups; the tables follow ITU-T G.711, tables 1 and 2.
 */

const MU_LAW_BIAS = 0x84;

const muLawLinear = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = ~code;
  const magnitude = ((((bits & 0x0f) << 3) + MU_LAW_BIAS) << ((bits & 0x70) >> 4)) - MU_LAW_BIAS;
  return bits & 0x80 ? -magnitude : magnitude;
});

const aLawLinear = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const segment = (bits & 0x70) >> 4;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? mantissa : (mantissa + 0x100) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
});

const muLawCodes = Uint8Array.from({ length: 1 << 14 }, (_, index) => {
  const sample = (index - (1 << 13)) * 4;
  const magnitude = Math.min(Math.abs(sample), 32_635) + MU_LAW_BIAS;
  const segment = 24 - Math.clz32(magnitude);
  const code = (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f);
  return ~(sample < 0 ? code | 0x80 : code);
});

const aLawCodes = Uint8Array.from({ length: 1 << 13 }, (_, index) => {
  const sample = index - (1 << 12);
  const magnitude = sample < 0 ? ~sample : sample;
  const segment = Math.max(0, 27 - Math.clz32(magnitude));
  const code = (segment << 4) | ((magnitude >> Math.max(1, segment)) & 0x0f);
  return (sample < 0 ? code : code | 0x80) ^ 0x55;
});

/** µ-law codes to 16-bit samples, into `samples` when given. */
export function decodeMuLaw(codes: Uint8Array, samples = new Int16Array(codes.length)): Int16Array {
  for (let i = 0; i < codes.length; i += 1) samples[i] = muLawLinear[codes[i] ?? 0] ?? 0;
  return samples;
}

/** 16-bit samples to µ-law codes, into `codes` when given. */
export function encodeMuLaw(samples: Int16Array, codes = new Uint8Array(samples.length)): Uint8Array {
  for (let i = 0; i < samples.length; i += 1)
    codes[i] = muLawCodes[((samples[i] ?? 0) >> 2) + (1 << 13)] ?? 0;
  return codes;
}

/** A-law codes to 16-bit samples, into `samples` when given. */
export function decodeALaw(codes: Uint8Array, samples = new Int16Array(codes.length)): Int16Array {
  for (let i = 0; i < codes.length; i += 1) samples[i] = aLawLinear[codes[i] ?? 0] ?? 0;
  return samples;
}

/** 16-bit samples to A-law codes, into `codes` when given. */
export function encodeALaw(samples: Int16Array, codes = new Uint8Array(samples.length)): Uint8Array {
  for (let i = 0; i < samples.length; i += 1) codes[i] = aLawCodes[((samples[i] ?? 0) >> 3) + (1 << 12)] ?? 0;
  return codes;
}
