/** The words of a recording as a live call would have them. */
import { SPEECH_RATE } from '../../src/audio/format.ts';
import { resampler } from '../../src/audio/resample.ts';
import type { Transcriber } from '../../src/conversation/engines.ts';
import { ear } from '../../src/answer/heard.ts';
import type { HeardWords } from './recording.ts';

const LINE_RATE = 8_000;
const STEP_MS = 50;
const HORIZON_MS = 10_000;

/** An utterance ends with a pause; a long one is transcribed on the way. */
const PAUSE_MS = 400;
const LONGEST_MS = 3_500;
const BEFORE_MS = 200;

/** What Whisper base takes for such an utterance on two cores. */
const RECOGNITION_MS = 500;

/** Transcribes the utterances of the first ten seconds of 8 kHz PCM. */
export async function wordsOf(samples: Int16Array, transcriber: Transcriber): Promise<HeardWords[]> {
  const words: HeardWords[] = [];
  for (const { fromMs, toMs, dueMs } of utterances(samples)) {
    const stage = resampler(LINE_RATE, SPEECH_RATE);
    const cut = samples.subarray(Math.max(0, fromMs - BEFORE_MS) * 8, toMs * 8);
    const [loud = new Int16Array()] = stage.push(cut);
    let text = '';
    for await (const transcript of transcriber.transcribe(loud, AbortSignal.timeout(20_000)))
      text = transcript.text;
    words.push({ atMs: dueMs + RECOGNITION_MS, text });
  }
  return words;
}

interface Utterance {
  readonly fromMs: number;
  readonly toMs: number;
  readonly dueMs: number;
}

/** Cuts the voice into utterances, each due as soon as its end is known. */
function utterances(samples: Int16Array): Utterance[] {
  const hearing = ear();
  const found: Utterance[] = [];
  let doneMs = 0;
  for (let at = 0; at < Math.min(samples.length, HORIZON_MS * 8); at += STEP_MS * 8) {
    hearing.push(samples.subarray(at, at + STEP_MS * 8));
    const nowMs = hearing.nowMs();
    const open = hearing.voice().stretches.filter(({ toMs }) => toMs > doneMs);
    const [first, last] = [open[0], open.at(-1)];
    if (!first || !last) continue;
    const fromMs = Math.max(doneMs, first.fromMs);
    if (nowMs - last.toMs < PAUSE_MS && nowMs - fromMs < LONGEST_MS) continue;
    found.push({ fromMs, toMs: nowMs, dueMs: nowMs });
    doneMs = nowMs;
  }
  return found;
}
