import { cadenceTracker, readCadence, type Burst, type Progress } from './cadence.ts';
import { readSit, type SitKind } from './sit.ts';
import { spectralFrames } from './spectrum.ts';
import { toneTracker, type Tone } from './tones.ts';
import { voiceTracker, type Voice } from './voice.ts';

/** A signal that the network, a fax or a recorder gives, as opposed to a voice. */
export type Signal =
  | { readonly type: 'sit'; readonly kind: SitKind; readonly segments: readonly Tone[] }
  | { readonly type: 'ced' | 'cng' | 'beep'; readonly tone: Tone }
  | { readonly type: Progress; readonly fromMs: number; readonly toMs: number };

/** ITU-T T.30: the answering fax sends 2100 ± 15 Hz for 2.6–4 s, the calling one 1100 ± 38 Hz for 0.5 s. Bell 103 modems answer at 2225 Hz. */
const CED_HZ = [2_100, 2_225];
const CED_REACH_HZ = 16;
const CNG = { hz: 1_100, reachHz: 38, fromMs: 420, toMs: 580 };

/** Greeting recorders beep at 450–2000 Hz; lower short tones are nasal vowels of a high voice. */
const BEEP_FROM_HZ = 450;
const LOW_BEEP = { fromHz: 380, fromMs: 200 };

/** No vowel stays this pure and stable for longer. */
const LONGEST_VOWEL_MS = 300;
const STEADY = 0.85;
const BEEP_MS = { from: 65, to: 1_520 };

/** Voice heard before a tone makes it a recorder's beep rather than a fax's or the network's. */
const VOICE_BEFORE_MS = 600;

/** Listens to one phase of a call (early media, or after the answer): voice by level, signals by tone. */
export function ear(): {
  push(pcm: Int16Array): Signal[];
  flush(): Signal[];
  voice(): Voice;
  nowMs(): number;
} {
  const spectrum = spectralFrames();
  const tones = toneTracker();
  const cadence = cadenceTracker();
  const voice = voiceTracker();
  const ended: Tone[] = [];
  let nowMs = 0;
  let progress: Progress | null = null;
  let newest: Burst = { fromMs: -1, toMs: -1, paired: false };

  const spokenMs = (beforeMs: number): number =>
    voice
      .read()
      .stretches.reduce((sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs, beforeMs) - fromMs), 0);

  const nameTone = (tone: Tone): Signal[] => {
    if (tone.state === 'lasting') return isCed(tone) ? [{ type: 'ced', tone }] : [];
    ended.push(tone);
    const sit = readSit(ended);
    if (sit) return [{ type: 'sit', ...sit }];
    const spokenBefore = spokenMs(tone.fromMs) >= VOICE_BEFORE_MS;
    if (isCng(tone) && !spokenBefore) return [{ type: 'cng', tone }];
    return isBeep(tone, spokenBefore) && !isPaired(tone) ? [{ type: 'beep', tone }] : [];
  };

  /** Two tones 40 Hz apart are one to a 32 ms window. */
  const isPaired = (tone: Tone): boolean =>
    newest.paired && newest.fromMs < tone.toMs && newest.toMs > tone.fromMs;

  const listenForProgress = (pcm: Int16Array): Signal[] => {
    const signals: Signal[] = [];
    for (const frame of cadence.push(pcm)) {
      const last = frame.bursts.at(-1);
      if (!last) continue;
      newest = last;
      if (frame.on && last.toMs - last.fromMs >= 100 && last.paired) voice.retract(last.fromMs);
      const found = readCadence(frame);
      if (!found || found === progress || spokenMs(frame.bursts[0]?.fromMs ?? 0) >= VOICE_BEFORE_MS) continue;
      progress = found;
      signals.push({ type: found, fromMs: last.fromMs, toMs: last.toMs });
    }
    return signals;
  };

  const listenForTones = (pcm: Int16Array): Signal[] =>
    spectrum.push(pcm).flatMap((frame) => {
      nowMs = frame.atMs;
      voice.push(frame);
      return tones.push(frame).flatMap(nameTone);
    });

  return {
    push: (pcm) => [...listenForProgress(pcm), ...listenForTones(pcm)],
    flush: () => tones.flush().flatMap(nameTone),
    voice: () => voice.read(),
    nowMs: () => nowMs,
  };
}

const isCed = (tone: Tone): boolean => CED_HZ.some((hz) => Math.abs(tone.hz - hz) <= CED_REACH_HZ);

function isCng({ hz, fromMs, toMs }: Tone): boolean {
  return Math.abs(hz - CNG.hz) <= CNG.reachHz && toMs - fromMs >= CNG.fromMs && toMs - fromMs <= CNG.toMs;
}

/** Without a voice before it, a long tone at 400–450 Hz is the network ringing, not a recorder. */
function isBeep(tone: Tone, spokenBefore: boolean): boolean {
  const { hz, fromMs, toMs, thenQuiet, fromQuiet, steadiness } = tone;
  const lengthMs = toMs - fromMs;
  if (lengthMs < LONGEST_VOWEL_MS && !(fromQuiet && steadiness >= STEADY)) return false;
  if (!thenQuiet || lengthMs < BEEP_MS.from || lengthMs > BEEP_MS.to) return false;
  if (hz >= BEEP_FROM_HZ) return true;
  return hz >= LOW_BEEP.fromHz && lengthMs >= LOW_BEEP.fromMs && spokenBefore;
}
