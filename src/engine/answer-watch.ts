import { type AnswerEvent, type AnswerThresholds, answerClassifier } from '../answer/classify.ts';
import type { Transcriber } from '../conversation/engines.ts';
import { answerWords } from './answer-words.ts';

const TICK_MS = 100;
const SAMPLES_PER_MS = 16;
/** A shorter gap is the network's jitter. */
const GAP_MS = 200;

/** Listens to who or what answers, on a clock that runs on when no audio comes. */
export interface AnswerWatch {
  /** A frame of 16 kHz PCM as it was received. */
  push(frame: Int16Array): void;
  /** The call was answered: the clock starts anew. */
  answered(): void;
  /**
   * Somebody else may come to the phone: the clock starts anew. A person counts as one after a pause and when their
   * words, if any, are known: a machine that connects us says a word of thanks before.
   */
  joining(): void;
  /** While somebody else puts what is heard into words, and tells them, it is not done here a second time. */
  leaveWords(toOthers: boolean): void;
  /** Resolves when nothing of what was heard is still being put into words here. */
  understood(): Promise<void>;
  /** Words that were heard. */
  words(text: string): void;
  stop(): void;
}

/**
 * Feeds the classifier with what is heard, and with silence where nothing is, and tells what it tells. With a
 * transcriber the words count too.
 */
export function watchAnswer(parts: {
  readonly tell: (event: AnswerEvent) => void;
  readonly transcriber: Transcriber | null;
  /** Null for the classifier's own. */
  readonly thresholds: AnswerThresholds | null;
  readonly onWordsFailed: (error: unknown) => void;
}): AnswerWatch {
  const begun = () => answerClassifier(parts.thresholds ? { thresholds: parts.thresholds } : {});
  let classifier = begun();
  const silence = new Int16Array(TICK_MS * SAMPLES_PER_MS);
  let answered = false;
  let startedAt = performance.now();
  let tickedAt = startedAt;
  let heardAt = startedAt;
  let heardMs = 0;
  let wary = false;
  let person: AnswerEvent | null = null;

  const tell = (event: AnswerEvent): void => {
    if (!wary) return parts.tell(event);
    if (event.type === 'verdict') person = event.class === 'human' ? event : null;
    if (event !== person) parts.tell(event);
    if (event.type === 'turn' && person) void confirm(person);
  };
  const confirm = async (event: AnswerEvent): Promise<void> => {
    await words?.idle();
    if (event === person) parts.tell(event);
  };
  const take = (input: Parameters<typeof classifier.push>[0]): void => {
    const asked = classifier;
    for (const event of asked.push(input)) {
      // What is told may start the clock anew: the rest is about who was there before.
      if (asked === classifier) tell(event);
    }
  };
  const words =
    parts.transcriber &&
    answerWords({
      transcriber: parts.transcriber,
      tell: (text) => take({ type: 'words', text }),
      onFailed: parts.onWordsFailed,
    });
  const feed = (pcm: Int16Array): void => {
    heardMs += pcm.length / SAMPLES_PER_MS;
    words?.push(pcm, answered);
    take({ type: 'audio', pcm, answered });
  };
  const timer = setInterval(() => {
    const now = performance.now();
    // A late tick means that we are busy: what came meanwhile is still waiting to be heard.
    const isLate = now - tickedAt > 1.5 * TICK_MS;
    tickedAt = now;
    const isQuiet = now - heardAt > GAP_MS && now - startedAt - heardMs > GAP_MS;
    if (isQuiet && !isLate) feed(silence);
  }, TICK_MS);

  const begin = (): void => {
    answered = true;
    person = null;
    classifier = begun();
    words?.restart();
    startedAt = performance.now();
    heardMs = 0;
  };

  return {
    push(frame) {
      heardAt = performance.now();
      feed(frame);
    },
    answered() {
      wary = false;
      begin();
    },
    joining() {
      wary = true;
      begin();
    },
    understood: async () => words?.idle(),
    leaveWords: (toOthers) => words?.hold(toOthers),
    words: (text) => take({ type: 'words', text }),
    stop() {
      clearInterval(timer);
      words?.stop();
    },
  };
}
