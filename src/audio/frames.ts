import type { Stage } from './stage.ts';

/** Cuts PCM of any chunk size into frames of `size` samples; `flush` pads the last one with silence. */
export function framer(size: number): Stage<Int16Array, Int16Array> {
  let frame = new Int16Array(size);
  let filled = 0;

  const handOver = (): Int16Array => {
    const full = frame;
    frame = new Int16Array(size);
    filled = 0;
    return full;
  };

  return {
    push(input) {
      const frames: Int16Array[] = [];
      for (let at = 0; at < input.length;) {
        const part = input.subarray(at, at + size - filled);
        frame.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled === size) frames.push(handOver());
      }
      return frames;
    },
    flush: () => (filled === 0 ? [] : [handOver()]),
  };
}
