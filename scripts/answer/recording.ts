/** Reads recordings of calls and plays them to the classifier. */
import { open } from 'node:fs/promises';
import { answerClassifier, type AnswerEvent, type AnswerThresholds } from '../../src/answer/classify.ts';
import { readWav } from '../../src/audio/wav.ts';

/** The far end of a recorded call. */
export interface Recording {
  readonly sampleRate: number;
  readonly samples: Int16Array;
  readonly channel: number;
  readonly channels: number;
}

type Told<Type> = Extract<AnswerEvent, { type: Type }>;

/** What the classifier said of a recording. */
export interface Judgement {
  readonly verdicts: readonly Told<'verdict'>[];
  readonly beeps: readonly Told<'beep'>[];
  readonly listenedMs: number;
  readonly channel: number;
  readonly channels: number;
}

/** More than a minute of any format; who answers is settled long before. */
const HEAD_BYTES = 2 ** 24;
const LISTEN_SECONDS = 60;

/** Reads the first minute of one channel; throws an Error that says what is wrong with the file. */
export async function readHead(path: string, channel = 1): Promise<Recording> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size === 0) throw new Error('The file is empty.');
    const head = new Uint8Array(Math.min(size, HEAD_BYTES));
    await file.read(head);
    return headOf(head, channel);
  } finally {
    await file.close();
  }
}

/** The first minute of one channel of a WAV file, or of its beginning. */
export function headOf(file: Uint8Array, channel = 1): Recording {
  const { sampleRate, channels, samples } = readWav(file);
  if (!Number.isInteger(channel) || channel < 1 || channel > channels)
    throw new Error(`There is no channel ${channel}: the recording has ${channels}.`);
  const far = Int16Array.from(
    { length: Math.min(Math.floor(samples.length / channels), LISTEN_SECONDS * sampleRate) },
    (_, i) => samples[i * channels + channel - 1] ?? 0,
  );
  if (far.length === 0) throw new Error('The recording holds no audio.');
  return { sampleRate, samples: far, channel, channels };
}

/** Words of a recording, and when they were recognised. */
export interface HeardWords {
  readonly atMs: number;
  readonly text: string;
}

/** Plays a recording to the classifier in frames of 20 ms, with the words when they are due. */
export function judge(
  { sampleRate, samples, channel, channels }: Recording,
  {
    answered = true,
    thresholds,
    words = [],
  }: {
    readonly answered?: boolean;
    readonly thresholds?: AnswerThresholds;
    readonly words?: readonly HeardWords[];
  } = {},
): Judgement {
  const classifier = answerClassifier({ sampleRate, ...(thresholds && { thresholds }) });
  const frame = Math.round(sampleRate / 50);
  const told: AnswerEvent[] = [];
  for (let at = 0; at < samples.length; at += frame) {
    told.push(...classifier.push({ type: 'audio', pcm: samples.subarray(at, at + frame), answered }));
    const [fromMs, toMs] = [at, at + frame].map((sample) => (sample * 1_000) / sampleRate);
    for (const { atMs, text } of words) {
      if (atMs >= (fromMs ?? 0) && atMs < (toMs ?? 0)) told.push(...classifier.push({ type: 'words', text }));
    }
  }
  told.push(...classifier.flush());
  return {
    verdicts: told.filter((event) => event.type === 'verdict'),
    beeps: told.filter((event) => event.type === 'beep'),
    listenedMs: (samples.length * 1_000) / sampleRate,
    channel,
    channels,
  };
}
