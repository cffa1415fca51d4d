import { FRAME_SAMPLES } from '../audio/format.ts';
import { rmsDbfs } from '../audio/levels.ts';

const FRAME_MS = 20;
const TICK_MS = 40;
/** A jitter buffer's worth of delay is no gap. */
const PATIENCE_MS = 120;
/** Frames that come after their gap was filled put the clock ahead by as much: that is made up where nothing is said. */
const MOST_AHEAD = 2;
const SPEECH_DBFS = -45;

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
  const ahead = (now: number): number => passed - Math.floor((now - startedAt) / FRAME_MS);
  const fill = (): void => {
    const now = performance.now();
    if (now - lastAt < PATIENCE_MS) return;
    for (let missing = -ahead(now); missing > 0; missing -= 1) pass(silence);
  };
  // When we were busy, what came meanwhile is read first: it is late, not missing, and would be passed on besides.
  const timer = setInterval(() => setImmediate(fill), TICK_MS);
  return {
    push(frame) {
      lastAt = performance.now();
      if (ahead(lastAt) <= MOST_AHEAD || rmsDbfs(frame) > SPEECH_DBFS) pass(frame);
    },
    stop: () => clearInterval(timer),
  };
}
