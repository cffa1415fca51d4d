import { FRAME_SAMPLES } from '../audio/format.ts';

const FRAME_MS = 20;
const TICK_MS = 40;
/** A jitter buffer's worth of delay is no gap. */
const PATIENCE_MS = 120;

/** Passes frames on, one for every 20 ms. */
export interface FrameClock {
  push(frame: Int16Array): void;
  stop(): void;
}

/** Fills the gaps that a far end leaves while it is quiet, so that time goes on for whoever listens in frames. */
export function frameClock(onFrame: (frame: Int16Array) => void): FrameClock {
  const silence = new Int16Array(FRAME_SAMPLES);
  const startedAt = performance.now();
  let passed = 0;
  let lastAt = startedAt;

  const pass = (frame: Int16Array): void => {
    passed += 1;
    onFrame(frame);
  };
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - lastAt < PATIENCE_MS) return;
    const due = Math.floor((now - startedAt) / FRAME_MS);
    for (let missing = due - passed; missing > 0; missing -= 1) pass(silence);
  }, TICK_MS);
  return {
    push(frame) {
      lastAt = performance.now();
      pass(frame);
    },
    stop: () => clearInterval(timer),
  };
}
