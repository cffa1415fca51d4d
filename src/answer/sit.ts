import type { Tone } from './tones.ts';

/** What a special information tone says; `itu` is the international one, which names no reason. */
export type SitKind = 'intercept' | 'vacant' | 'reorder' | 'no_circuit' | 'itu';

type Pitch = 'low' | 'itu' | 'high';
type Span = 'short' | 'long';

/** Bellcore nominals 913.8/985.2 and 1370.6/1428.5 Hz with ITU-T E.180's 950 and 1400 Hz between them. */
const FIRST_HZ = { low: 913.8, itu: 950, high: 985.2 };
const SECOND_HZ = { low: 1370.6, itu: 1400, high: 1428.5 };
const FIRST_REACH_HZ = 50;
const THIRD_HZ = { from: 1750, to: 1850 };

/** Bellcore's short segment lasts 274 ms, its long one 380 ms; ITU-T allows 330 ± 70 ms. */
const LONG_FROM_MS = 327;
/** Packet loss shortens segments and widens the gaps between them. */
const SEGMENT_MS = { from: 90, to: 480 };
const GAP_MS = 200;
const SAME_HZ = 12;

/** First pitch, second pitch, length of the first segment: what it announces. The between-carrier variants swap the length. */
const BELLCORE: Record<'low' | 'high', Record<'low' | 'high', Record<Span, SitKind>>> = {
  low: {
    low: { short: 'intercept', long: 'no_circuit' },
    high: { short: 'reorder', long: 'reorder' },
  },
  high: {
    low: { short: 'reorder', long: 'vacant' },
    high: { short: 'no_circuit', long: 'no_circuit' },
  },
};

/** A recognised sequence, with the three segments it was read from. */
export interface Sit {
  readonly kind: SitKind;
  readonly segments: readonly Tone[];
}

/** Reads a SIT from the tones that have ended so far, the newest being its third segment. */
export function readSit(ended: readonly Tone[]): Sit | null {
  const segments = joined(ended).slice(-3);
  const [first, second, third] = segments;
  if (!first || !second || !third || !segments.every(isSegment)) return null;
  if (second.fromMs - first.toMs > GAP_MS || third.fromMs - second.toMs > GAP_MS) return null;
  if (third.hz < THIRD_HZ.from || third.hz > THIRD_HZ.to) return null;
  const one = nearest(first.hz, FIRST_HZ);
  const two = nearest(second.hz, SECOND_HZ);
  if (!one || !two) return null;
  const kind =
    one === 'itu' || two === 'itu'
      ? 'itu'
      : BELLCORE[one][two][first.toMs - first.fromMs < LONG_FROM_MS ? 'short' : 'long'];
  return { kind, segments };
}

/** Tones that packet loss has cut in two are one segment again. */
function joined(tones: readonly Tone[]): Tone[] {
  const whole: Tone[] = [];
  for (const tone of tones) {
    const last = whole.at(-1);
    if (last && tone.fromMs - last.toMs <= GAP_MS && Math.abs(tone.hz - last.hz) <= SAME_HZ)
      whole[whole.length - 1] = { ...tone, fromMs: last.fromMs };
    else whole.push(tone);
  }
  return whole;
}

function isSegment(tone: Tone): boolean {
  const lengthMs = tone.toMs - tone.fromMs;
  return lengthMs >= SEGMENT_MS.from && lengthMs <= SEGMENT_MS.to;
}

function nearest(hz: number, nominal: Record<Pitch, number>): Pitch | null {
  const pitches: readonly Pitch[] = ['low', 'itu', 'high'];
  const distance = (pitch: Pitch): number => Math.abs(hz - nominal[pitch]);
  const best = pitches.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  return distance(best) <= FIRST_REACH_HZ ? best : null;
}
