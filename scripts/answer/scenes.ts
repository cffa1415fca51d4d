/** Answered calls as they may sound, drawn by seed: who speaks when, over what background, and which tones follow. */
import type { AnswerClass } from '../../src/answer/verdict.ts';
import type { PhraseKind } from './phrases.ts';
import { drawLine, lay, layTone, RATE, transmit, type Line } from './line.ts';
import { randomOf, type Random } from './random.ts';
import { listRecordings, readRecording, type Sources } from './sources.ts';
import type { Cast, Split } from './speakers.ts';
import { BUSY, RINGBACK, SIT } from './tones.ts';
import { recorded, synthetic, type Speaker } from './voices.ts';

/** One file of the corpus: what it holds, where that comes from, and what the classifier should say. */
export interface Scene {
  readonly id: string;
  readonly split: Split;
  readonly label: AnswerClass;
  readonly speaker: string | null;
  readonly template: string;
  readonly licence: string;
  /** Whether a person's recorded voice is in it; else it is synthesised. */
  readonly recorded: boolean;
  readonly text: string | null;
  readonly line: Line;
  /** Where the recorder's beep ends, in ms from the answer. */
  readonly beepEndMs: number | null;
  readonly codes: Uint8Array;
}

/** What the scenes of a split are drawn from. */
export interface Stock {
  readonly sources: Sources;
  readonly split: Split;
  readonly cast: Cast;
  readonly music: readonly string[];
}

/** What a scene is being built from. */
interface Draft {
  readonly random: Random;
  readonly timeline: Float64Array;
  readonly levelDbm0: number;
  /** How much faster, and higher, than recorded everybody speaks: few prompts then make many lengths. */
  readonly speed: number;
  readonly texts: string[];
  readonly templates: string[];
  speaker: Speaker | null;
}

const SHORTEST_MS = 12_000;
const LONGEST_MS = 26_000;

/** The stock of a split, with hold music for backgrounds and menus. */
export async function stockOf(sources: Sources, split: Split, cast: Cast): Promise<Stock> {
  const music = await listRecordings(sources, 'usr/share/asterisk/moh');
  return {
    sources,
    split,
    cast,
    music: music.filter((_, i) => i % 3 === ['train', 'tune', 'test'].indexOf(split)),
  };
}

/** Builds the scene of a label with this number; the same arguments always give the same scene. */
export async function buildScene(stock: Stock, label: AnswerClass, number: number): Promise<Scene> {
  const id = `${stock.split}-${label}-${String(number).padStart(4, '0')}`;
  const random = randomOf(id);
  const line = drawLine(random);
  const draft: Draft = {
    random,
    timeline: new Float64Array((RATE * LONGEST_MS) / 1_000),
    levelDbm0: Math.max(line.noiseDbm0 + 16, random.between(-30, -8)),
    speed: random.between(0.85, 1.18),
    texts: [],
    templates: [],
    speaker: null,
  };
  const { endMs, beepEndMs } = await BUILDERS[label](stock, draft);
  await addBackground(stock, draft, label);
  const lengthMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, endMs + 1_000));
  const timeline = draft.timeline.subarray(0, Math.round((lengthMs * RATE) / 1_000));
  const { speaker, texts, templates } = draft;
  return {
    id,
    split: stock.split,
    label,
    speaker: speaker?.id ?? null,
    template: templates.join(' + ') || label,
    licence: speaker?.licence ?? 'CC0-1.0',
    recorded: speaker?.recorded ?? false,
    text: texts.length > 0 ? texts.join(' ') : null,
    line,
    beepEndMs,
    codes: transmit(timeline, line, random),
  };
}

/** When a scene is over, and where its beep ended. */
interface Built {
  readonly endMs: number;
  readonly beepEndMs: number | null;
}

type Builder = (stock: Stock, draft: Draft) => Promise<Built>;

const BUILDERS: Readonly<Record<AnswerClass, Builder>> = {
  human: person,
  voicemail: async (stock, draft) => {
    const { random } = draft;
    const kind = random.chance(0.55) ? 'personalGreeting' : 'carrierGreeting';
    const greeted = await machine(stock, draft, kind);
    return random.chance(0.96) ? beep(draft, greeted + random.around(500, 0.7, 40, 2_500)) : plain(greeted);
  },
  mailbox_full: async (stock, draft) => plain(await machine(stock, draft, 'mailboxFull')),
  call_screening: async (stock, draft) => {
    const asked = await machine(stock, draft, 'screening');
    return draft.random.chance(0.2) ? beep(draft, asked + draft.random.between(100, 700)) : plain(asked);
  },
  ivr: async (stock, draft) => {
    let at = await machine(stock, draft, 'menu');
    while (at < SHORTEST_MS - 2_500) {
      const repeated = await speaker(draft).say('menu');
      at = layUtterance(draft, repeated.parts, at + draft.random.between(800, 2_500), 0.3);
    }
    return plain(at);
  },
  fax_modem: async (_, { random, timeline, levelDbm0 }) => {
    const onset = random.between(200, 3_000);
    if (random.chance(0.7))
      return plain(
        layTone(
          timeline,
          [random.chance(0.85) ? 2_100 + random.between(-12, 12) : 2_225],
          onset,
          random.between(2_600, 4_000),
          levelDbm0,
        ),
      );
    let at = onset;
    while (at < SHORTEST_MS)
      at =
        3_000 + layTone(timeline, [1_100 + random.between(-30, 30)], at, random.between(440, 560), levelDbm0);
    return plain(SHORTEST_MS);
  },
  sit_intercept: announcement('sit_intercept'),
  sit_vacant: announcement('sit_vacant'),
  sit_reorder: announcement('sit_reorder'),
  sit_no_circuit: announcement('sit_no_circuit'),
  ringback_after_answer: cadence(RINGBACK),
  busy_after_answer: cadence(BUSY),
  silence: async () => plain(0),
  unknown: async () => plain(0),
};

async function person(stock: Stock, draft: Draft): Promise<Built> {
  const { random } = draft;
  const voice = drawSpeaker(stock, draft, true);
  let at = random.chance(0.06) ? random.between(2_000, 4_200) : random.around(550, 0.55, 60, 2_000);
  if (random.chance(0.05)) at = layNoiseBurst(draft, at) + random.between(50, 400);
  const first = random.pick<PhraseKind>([
    'hello',
    'hello',
    'hello',
    'hello',
    'hello',
    'name',
    'name',
    'business',
    'business',
    'again',
  ]);
  at = layUtterance(draft, (await tell(draft, voice, first)).parts, at, 0.4);
  if (random.chance(0.1)) {
    const second = await tell(draft, voice, random.pick<PhraseKind>(['name', 'hello']));
    at = layUtterance(draft, second.parts, at + random.between(250, 800), 0.4);
  }
  for (let left = random.pick([0, 0, 1, 1, 2, 3]); left > 0 && at < 9_000; left -= 1) {
    const kind = random.pick<PhraseKind>(['again', 'again', 'reply']);
    at = layUtterance(
      draft,
      (await tell(draft, voice, kind)).parts,
      at + random.around(2_200, 0.45, 1_000, 5_000),
      0.4,
    );
  }
  return plain(SHORTEST_MS);
}

async function machine(stock: Stock, draft: Draft, kind: PhraseKind): Promise<number> {
  const voice = drawSpeaker(stock, draft, false);
  const onset = draft.random.around(850, 0.6, 60, 3_500);
  return layUtterance(
    draft,
    (await tell(draft, voice, kind)).parts,
    onset,
    draft.random.chance(0.8) ? 0.42 : 0.8,
  );
}

function beep({ random, timeline, levelDbm0 }: Draft, atMs: number): Built {
  const hz = random.pick([random.between(600, 1_500), random.between(460, 2_000), 1_000, 440 * 2, 1_400]);
  const ms = random.pick([random.between(70, 200), random.between(150, 500), random.between(300, 1_500)]);
  const endMs = layTone(timeline, [hz], atMs, ms, Math.min(-3, levelDbm0 + random.between(-6, 6)));
  return { endMs, beepEndMs: endMs < LONGEST_MS - 1_000 ? endMs : null };
}

function announcement(label: keyof typeof SIT): Builder {
  return async (stock, draft) => {
    const { random, timeline } = draft;
    const { segments, gapMs } = random.pick(SIT[label]);
    const level = random.pick([-24, random.between(-27, -8)]);
    let at = random.between(150, 1_500);
    for (const [hz, ms] of segments) {
      at =
        layTone(
          timeline,
          [hz * (1 + random.between(-0.002, 0.002))],
          at,
          ms * (1 + random.between(-0.04, 0.04)),
          level,
        ) + gapMs;
    }
    draft.templates.push(`${label}/${segments.map(([hz]) => hz).join('-')}`);
    const said = await tell(draft, drawSpeaker(stock, draft, false), 'announcement');
    return plain(layUtterance(draft, said.parts, at + random.between(60, 400), 0.4));
  };
}

function cadence(tones: typeof RINGBACK): Builder {
  return async (_, { random, timeline, templates }) => {
    const { country, hz, rhythmMs } = random.pick(tones);
    templates.push(country);
    const level = random.between(-28, -12);
    let at = random.between(50, 1_500);
    for (let step = 0; at < SHORTEST_MS; step += 1) {
      const ms = rhythmMs[step % rhythmMs.length] ?? 0;
      at = step % 2 === 0 ? layTone(timeline, hz, at, ms, level) : at + ms;
    }
    return plain(SHORTEST_MS);
  };
}

const plain = (endMs: number): Built => ({ endMs, beepEndMs: null });

/** People and machines speak with the same voices, so that only what they do tells them apart. */
function drawSpeaker(stock: Stock, draft: Draft, alsoWords: boolean): Speaker {
  const { sources, cast, split } = stock;
  const { random } = draft;
  const kind = random.next();
  draft.speaker =
    kind < 0.5
      ? synthetic(sources, random.pick(cast.synthetic), split, random)
      : recorded(sources, random.pick(alsoWords && kind < 0.75 ? cast.words : cast.recorded), random);
  return draft.speaker;
}

function speaker(draft: Draft): Speaker {
  if (!draft.speaker) throw new Error('Nobody speaks in this scene yet.');
  return draft.speaker;
}

async function tell(draft: Draft, voice: Speaker, kind: PhraseKind): ReturnType<Speaker['say']> {
  const said = await voice.say(kind);
  if (said.text) draft.texts.push(said.text);
  draft.templates.push(said.template);
  return said;
}

/** Lays the parts one after the other; the median pause between them is given in seconds. */
function layUtterance(draft: Draft, parts: readonly Int16Array[], fromMs: number, pause: number): number {
  let at = fromMs;
  parts.forEach((part, i) => {
    if (i > 0) at += draft.random.around(1_000 * pause, 0.5, 80, 1_600);
    at = lay(draft.timeline, quickened(part, draft.speed), at, draft.levelDbm0 + draft.random.between(-1, 1));
  });
  return at;
}

/** Plays samples faster by linear interpolation. */
function quickened(samples: Int16Array, speed: number): Int16Array {
  return Int16Array.from({ length: Math.floor(samples.length / speed) }, (_, i) => {
    const place = i * speed;
    const before = samples[Math.floor(place)] ?? 0;
    const after = samples[Math.floor(place) + 1] ?? before;
    return before + (after - before) * (place - Math.floor(place));
  });
}

/** A handset being picked up. */
function layNoiseBurst({ random, timeline, levelDbm0 }: Draft, atMs: number): number {
  const start = Math.round((atMs * RATE) / 1_000);
  const length = Math.round(random.between(0.02, 0.15) * RATE);
  const peak = 10 ** ((levelDbm0 - 8) / 20);
  for (let i = 0; i < length; i += 1)
    timeline[start + i] = (timeline[start + i] ?? 0) + peak * random.normal() * Math.exp((-3 * i) / length);
  return atMs + (length * 1_000) / RATE;
}

/** A room, a street or a radio behind a third of the people and a fifth of the recordings. */
async function addBackground(stock: Stock, draft: Draft, label: AnswerClass): Promise<void> {
  const { random, timeline, levelDbm0 } = draft;
  const share = label === 'human' ? 0.35 : label === 'voicemail' || label === 'ivr' ? 0.2 : 0;
  if (!random.chance(share)) return;
  const level = levelDbm0 - random.between(14, 30);
  if (random.chance(0.3)) {
    const music = await readRecording(stock.sources, random.pick(stock.music));
    const offset = random.integer(Math.max(1, music.length - timeline.length));
    lay(timeline, music.subarray(offset, offset + timeline.length), 0, level);
  } else if (random.chance(0.5)) {
    for (let at = random.between(-2_000, 0), talker = random.pick(stock.cast.recorded); at < LONGEST_MS;) {
      const prompt = await readRecording(stock.sources, random.pick(talker.long));
      at = lay(timeline, prompt, Math.max(0, at), level) + random.between(100, 900);
    }
  } else {
    let smooth = 0;
    const rms = 10 ** (level / 20);
    for (let i = 0; i < timeline.length; i += 1) {
      smooth += 0.25 * (random.normal() - smooth);
      timeline[i] = (timeline[i] ?? 0) + 2.6 * rms * smooth * (1 + 0.3 * Math.sin(i / 9_000));
    }
  }
}
