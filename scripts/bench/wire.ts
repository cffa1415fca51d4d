/** Who spoke when, read from the two sides of a call as the far end recorded them. */

/** A stretch of speech; milliseconds from the beginning of the recording. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** How long what was measured took. */
export interface WireTurn {
  /** When the callee fell silent. */
  readonly endMs: number;
  /** From then until the agent was heard, be it with a filler; null where it spoke already, or never again. */
  readonly answeredMs: number | null;
}

export const RECORDING_RATE = 8000;
const WINDOW_MS = 10;
const WINDOW_SAMPLES = (RECORDING_RATE * WINDOW_MS) / 1000;
/** Mean amplitude above which somebody speaks: -48 dB below full scale. */
const LOUD = 130;
/** A sentence goes on over pauses shorter than this. */
export const PAUSE_MS = 700;
/** An agent that is silent for this long has stopped. */
export const STOP_MS = 400;

/** Stretches of speech on one side (0 or 1) of interleaved PCM, those with shorter gaps than `gapMs` taken for one. */
export function stretches(interleaved: Int16Array, side: 0 | 1, gapMs: number): readonly Stretch[] {
  const found: { fromMs: number; untilMs: number }[] = [];
  const windows = Math.floor(interleaved.length / 2 / WINDOW_SAMPLES);
  for (let window = 0; window < windows; window += 1) {
    let sum = 0;
    for (let i = 0; i < WINDOW_SAMPLES; i += 1)
      sum += Math.abs(interleaved[2 * (window * WINDOW_SAMPLES + i) + side] ?? 0);
    if (sum / WINDOW_SAMPLES < LOUD) continue;
    const [fromMs, untilMs] = [window * WINDOW_MS, (window + 1) * WINDOW_MS];
    const last = found.at(-1);
    if (last && fromMs - last.untilMs < gapMs) last.untilMs = untilMs;
    else found.push({ fromMs, untilMs });
  }
  return found;
}

/** The end of each of the callee's turns, and how long the agent took. The first is the hello. */
export function wireTurns(callee: readonly Stretch[], agent: readonly Stretch[]): readonly WireTurn[] {
  return callee.map(({ untilMs }, index) => {
    const next = callee[index + 1]?.fromMs ?? Infinity;
    const talksOver = agent.some((stretch) => stretch.fromMs <= untilMs && stretch.untilMs > untilMs);
    const answer = agent.find(({ fromMs }) => fromMs > untilMs && fromMs < next);
    return { endMs: untilMs, answeredMs: talksOver || !answer ? null : answer.fromMs - untilMs };
  });
}

/** How long the agent went on whenever the callee began to speak into its turn. */
export function bargeIns(callee: readonly Stretch[], agent: readonly Stretch[]): readonly number[] {
  return callee.flatMap(({ fromMs }) => {
    const spoken = agent.find((stretch) => stretch.fromMs < fromMs && stretch.untilMs > fromMs);
    return spoken ? [spoken.untilMs - fromMs] : [];
  });
}
