import { decodeALaw, decodeMuLaw } from './g711.ts';

/** Bytes that `wavHeader` fills. */
export const WAV_HEADER_BYTES = 44;

/** The sample formats that a WAV file of Carillon may hold: 16-bit PCM or G.711. */
type WavEncoding = 'pcm16' | 'mulaw' | 'alaw';

const formats: Readonly<Record<WavEncoding, { readonly tag: number; readonly bytes: number }>> = {
  pcm16: { tag: 1, bytes: 2 },
  alaw: { tag: 6, bytes: 1 },
  mulaw: { tag: 7, bytes: 1 },
};

/** What a WAV file holds; the samples of several channels are interleaved. */
export interface Wav {
  readonly sampleRate: number;
  readonly channels: number;
  readonly samples: Int16Array;
}

/**
 * The 44 bytes before `samplesPerChannel` samples of 16-bit PCM. A recorder writes the header for 0 samples first
 * and lays the final one over it at the end; a file that lost its end still reads, see `readWav`.
 */
export function wavHeader(sampleRate: number, channels: number, samplesPerChannel: number): Uint8Array {
  const dataBytes = samplesPerChannel * channels * 2;
  const header = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(header.buffer);
  const text = (at: number, word: string): void => header.set(new TextEncoder().encode(word), at);
  text(0, 'RIFF');
  view.setUint32(4, WAV_HEADER_BYTES - 8 + dataBytes, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, formats.pcm16.tag, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, dataBytes, true);
  return header;
}

/** A whole WAV file of 16-bit PCM. */
export function writeWav({ sampleRate, channels, samples }: Wav): Uint8Array {
  const file = new Uint8Array(WAV_HEADER_BYTES + samples.length * 2);
  file.set(wavHeader(sampleRate, channels, samples.length / channels));
  // As they lie in memory: x86-64 and arm64 are little-endian, as WAV is.
  new Int16Array(file.buffer, WAV_HEADER_BYTES).set(samples);
  return file;
}

/**
 * Reads 16-bit PCM, µ-law or A-law. A data size of 0 or beyond the end, as an interrupted recorder leaves it,
 * means all that is there. Throws an Error with code `WAV_UNREADABLE` on anything else.
 */
export function readWav(file: Uint8Array): Wav {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const word = (at: number): string => String.fromCharCode(...file.subarray(at, at + 4));
  if (word(0) !== 'RIFF' || word(8) !== 'WAVE') throw unreadable('it does not begin with RIFF and WAVE');

  let format: { tag: number; channels: number; sampleRate: number; bits: number } | undefined;
  for (let at = 12; at + 8 <= file.length;) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (word(at) === 'fmt ' && body + 16 <= file.length) {
      format = {
        tag: view.getUint16(body, true),
        channels: view.getUint16(body + 2, true),
        sampleRate: view.getUint32(body + 4, true),
        bits: view.getUint16(body + 14, true),
      };
    } else if (word(at) === 'data') {
      if (!format) throw unreadable('its data come before their format');
      const end = size === 0 ? file.length : Math.min(file.length, body + size);
      const samples = decode(format.tag, format.bits, file.subarray(body, end));
      return { sampleRate: format.sampleRate, channels: format.channels, samples };
    }
    at = body + size + (size % 2);
  }
  throw unreadable('it has no data chunk');
}

function decode(tag: number, bits: number, bytes: Uint8Array): Int16Array {
  if (tag === formats.mulaw.tag) return decodeMuLaw(bytes);
  if (tag === formats.alaw.tag) return decodeALaw(bytes);
  if (tag !== formats.pcm16.tag || bits !== 16)
    throw unreadable(`format ${tag} with ${bits} bits is not supported`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.length >> 1 }, (_, i) => view.getInt16(i * 2, true));
}

function unreadable(reason: string): Error {
  return Object.assign(new Error(`The WAV file can't be read: ${reason}.`), { code: 'WAV_UNREADABLE' });
}
