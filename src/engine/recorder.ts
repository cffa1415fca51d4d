import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { WAV_HEADER_BYTES, wavHeader } from '../audio/wav.ts';
import type { Recording } from '../db/finish.ts';

const SAMPLE_RATE = 16_000;
const CHANNELS = 2;
/** Of both channels. */
const BYTES_PER_SAMPLE = 2 * CHANNELS;

export interface Recorder {
  /** Takes a frame of 16 kHz PCM of either side, of one length; copies them, never blocks. */
  write(callee: Int16Array, agent: Int16Array): void;
  /** Finishes the file; null when nothing was heard. Throws when the disk did not take it (F26). */
  close(): Promise<Recording | null>;
}

/** Records a call in stereo, the callee left, the agent right, as `YYYY-MM-DD/ID.wav` below `folder`, a second of audio per write. */
export async function startRecorder(folder: string, id: string, at: Date): Promise<Recorder> {
  const day = at.toISOString().slice(0, 10);
  await mkdir(join(folder, day), { recursive: true });
  const file = join(day, `${id}.wav`);
  const path = join(folder, file);
  const handle = await open(path, 'w', 0o600);
  let second = new Int16Array(SAMPLE_RATE * CHANNELS);
  let filled = 0;
  let bytes = 0;
  let writing: Promise<unknown> = handle.write(wavHeader(SAMPLE_RATE, CHANNELS, 0), 0, WAV_HEADER_BYTES, 0);
  // Kept until `close` asks for it: a full disk must not end a live call.
  writing.catch(() => undefined);

  const flush = (): void => {
    const chunk = new Uint8Array(second.buffer, 0, 2 * filled);
    const position = WAV_HEADER_BYTES + bytes;
    writing = writing.then(() => writeAll(handle, chunk, position));
    writing.catch(() => undefined);
    bytes += chunk.length;
    filled = 0;
    second = new Int16Array(second.length);
  };
  return {
    write(callee, agent) {
      for (let i = 0; i < callee.length; i += 1) {
        second[filled] = callee[i] ?? 0;
        second[filled + 1] = agent[i] ?? 0;
        filled += CHANNELS;
        if (filled === second.length) flush();
      }
    },
    async close() {
      try {
        flush();
        await writing;
        const samples = bytes / BYTES_PER_SAMPLE;
        await handle.write(wavHeader(SAMPLE_RATE, CHANNELS, samples), 0, WAV_HEADER_BYTES, 0);
      } finally {
        await handle.close();
      }
      if (bytes === 0) {
        await rm(path);
        return null;
      }
      const sha256 = createHash('sha256');
      await pipeline(createReadStream(path), sha256);
      return { file, sha256: sha256.digest(), durationMs: Math.round(bytes / BYTES_PER_SAMPLE / 16) };
    },
  };
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
}
