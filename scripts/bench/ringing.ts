/** What it costs to listen to phones that ring: the classifier on early media, in real time, many calls at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FRAME_SAMPLES, SPEECH_RATE } from '../../src/audio/format.ts';
import { watchAnswer } from '../../src/engine/answer-watch.ts';

const CALLS = 40;
const SECONDS = 20;
const FRAME_MS = 20;

/** What `npm run bench -- ringing` prints. */
export type RingingBench = {
  readonly calls: number;
  readonly seconds: number;
  /** Share of one core that a ringing call takes. */
  readonly cpu_per_call: number;
};

/** Feeds every call with a British ringing tone, 20 ms at a time, and watches the processor's clock. */
export async function benchRinging(): Promise<RingingBench> {
  const watches = Array.from({ length: CALLS }, () =>
    watchAnswer({
      tell: () => undefined,
      transcriber: null,
      thresholds: null,
      onWordsFailed: () => undefined,
    }),
  );
  const startedAt = performance.now();
  const before = process.cpuUsage();
  let fed = 0;
  while (fed * FRAME_MS < SECONDS * 1000) {
    await sleep(FRAME_MS);
    for (; fed * FRAME_MS <= performance.now() - startedAt; fed += 1) {
      const frame = ringing(fed);
      for (const watch of watches) watch.push(frame);
    }
  }
  const { user, system } = process.cpuUsage(before);
  for (const watch of watches) watch.stop();
  return {
    calls: CALLS,
    seconds: SECONDS,
    cpu_per_call: Number(((user + system) / 1e6 / SECONDS / CALLS).toFixed(4)),
  };
}

/** 400 and 450 Hz for 0.4 s, twice, then two seconds of rest. */
function ringing(frame: number): Int16Array {
  const ms = (frame * FRAME_MS) % 3000;
  const sounds = ms < 400 || (ms >= 600 && ms < 1000);
  return Int16Array.from({ length: FRAME_SAMPLES }, (_, i) => {
    const at = (2 * Math.PI * (frame * FRAME_SAMPLES + i)) / SPEECH_RATE;
    return sounds ? 3000 * (Math.sin(400 * at) + Math.sin(450 * at)) : 0;
  });
}
