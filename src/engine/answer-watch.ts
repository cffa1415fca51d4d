import { type AnswerEvent, answerClassifier } from '../answer/classify.ts';

const TICK_MS = 100;
const SAMPLES_PER_MS = 16;

/** Listens to who or what answers, on a clock that runs on when no audio comes. */
export interface AnswerWatch {
  /** A frame of 16 kHz PCM as it was received. */
  push(frame: Int16Array): void;
  /** The call was answered: the clock starts anew. */
  answered(): void;
  stop(): void;
}

/** Feeds the classifier with what is heard, and with silence where nothing is, and tells what it tells. */
export function watchAnswer(tell: (event: AnswerEvent) => void): AnswerWatch {
  const classifier = answerClassifier();
  const silence = new Int16Array(TICK_MS * SAMPLES_PER_MS);
  let answered = false;
  let startedAt = performance.now();
  let heardMs = 0;

  const feed = (pcm: Int16Array): void => {
    heardMs += pcm.length / SAMPLES_PER_MS;
    for (const event of classifier.push({ type: 'audio', pcm, answered })) tell(event);
  };
  const timer = setInterval(() => {
    const missingMs = performance.now() - startedAt - heardMs;
    // A jitter buffer's worth of delay is no silence.
    if (missingMs > 2 * TICK_MS) feed(silence);
  }, TICK_MS);

  return {
    push: feed,
    answered() {
      answered = true;
      startedAt = performance.now();
      heardMs = 0;
    },
    stop: () => clearInterval(timer),
  };
}
