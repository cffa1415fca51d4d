import { FRAME_SAMPLES } from '../audio/format.ts';

/** What can be spoken into: a call's media leg, or a stand-in for one. Samples are 16 kHz mono PCM. */
export interface Line {
  /** Queues audio. */
  play(pcm: Int16Array): void;
  /** Resolves when everything queued so far has been played, or dropped. */
  mark(): Promise<'played' | 'dropped'>;
  /** Stops at once and drops what is queued. */
  flush(): void;
}

/** A line, and what goes over it 20 ms at a time. */
export interface TappedLine extends Line {
  /** The next 20 ms of what is being played, silence where nothing is. */
  next(): Int16Array;
}

const silence = new Int16Array(FRAME_SAMPLES);

/** Follows what a line plays: Asterisk takes 20 ms of its queue in the time of a frame from the callee. */
export function tapped(line: Line): TappedLine {
  let queue: Int16Array[] = [];
  return {
    play(pcm) {
      queue.push(pcm);
      line.play(pcm);
    },
    mark: () => line.mark(),
    flush() {
      queue = [];
      line.flush();
    },
    next() {
      const first = queue[0];
      if (!first) return silence;
      if (first.length > FRAME_SAMPLES) {
        queue[0] = first.subarray(FRAME_SAMPLES);
        return first.subarray(0, FRAME_SAMPLES);
      }
      queue.shift();
      if (first.length === FRAME_SAMPLES) return first;
      const frame = new Int16Array(FRAME_SAMPLES);
      frame.set(first);
      return frame;
    },
  };
}
