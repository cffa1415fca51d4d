/** Callees who talk: the far end plays what they say, sentence by sentence. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { resampler } from '../src/audio/resample.ts';
import { writeWav } from '../src/audio/wav.ts';
import type { Synthesizer } from '../src/conversation/engines.ts';
import { spokenFile } from '../src/native/far-end.ts';

type FarEnd = Parameters<typeof spokenFile>[0];

/** A voice an eighth higher and faster than the agent's: its samples, taken for more of them in a second. */
const OTHER_VOICE_RATE = 18_000;
const TELEPHONE_RATE = 8000;

/** Has a number whose callee talks, such as `converses`, say these sentences, one per turn, in another voice. */
export async function letSay(
  farEnd: FarEnd,
  synthesizer: Synthesizer,
  { number, sentences }: { readonly number: string; readonly sentences: readonly string[] },
): Promise<void> {
  for (const [turn, sentence] of sentences.entries()) {
    const stage = resampler(OTHER_VOICE_RATE, TELEPHONE_RATE);
    const chunks = await Array.fromAsync(synthesizer.speak(sentence, new AbortController().signal));
    await letPlay(farEnd, {
      number,
      turn,
      parts: [...chunks.flatMap((chunk) => stage.push(chunk)), ...stage.flush()],
    });
  }
}

/** Has such a number play these recordings, 8 kHz PCM, one after the other in a turn, which count from 0. */
export async function letPlay(
  farEnd: FarEnd,
  {
    number,
    turn,
    parts,
  }: { readonly number: string; readonly turn: number; readonly parts: readonly Int16Array[] },
): Promise<void> {
  const samples = Int16Array.from(parts.flatMap((part) => Array.from(part)));
  const file = spokenFile(farEnd, { number, turn });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, writeWav({ sampleRate: TELEPHONE_RATE, channels: 1, samples }));
}
