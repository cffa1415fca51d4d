/** Utterances of one speaker, synthesised or recorded. */
import { COMPANIES, NAMES, PHRASES, type Language, type PhraseKind } from './phrases.ts';
import type { Random } from './random.ts';
import { readRecording, speak, type Sources, type Voice } from './sources.ts';
import { SPLITS, type Recorded, type Split } from './speakers.ts';

/** What a speaker said: parts of speech with the pauses between them left to the scene. */
export interface Utterance {
  readonly parts: readonly Int16Array[];
  /** The words, where they are known. */
  readonly text: string | null;
  /** Language, kind and place of the phrase, or the recordings used. */
  readonly template: string;
}

/** One person or machine that can be asked to say something of a kind. */
export interface Speaker {
  readonly id: string;
  readonly language: Language | null;
  readonly licence: string;
  readonly recorded: boolean;
  say(kind: PhraseKind): Promise<Utterance>;
}

/** Of what the voices say; the programs have licences of their own. */
const LICENCES: Readonly<Record<Voice['engine'], string>> = {
  'espeak-ng': 'CC0-1.0',
  flite: 'BSD-4-Clause (voice)',
  piper: 'CC0-1.0',
};

const WORDS_PER_MINUTE = [140, 155, 170, 190];
const PITCHES = [35, 50, 65];

/** A synthesizer's voice, with a rate and a pitch of its own for the whole scene. */
export function synthetic(sources: Sources, voice: Voice, split: Split, random: Random): Speaker {
  const manner = { rate: random.pick(WORDS_PER_MINUTE), pitch: random.pick(PITCHES) };
  return {
    id: voice.id,
    language: voice.language,
    licence: LICENCES[voice.engine],
    recorded: false,
    async say(kind) {
      const templates = PHRASES[voice.language][kind];
      const places = templates.map((_, place) => place).filter((place) => splitOf(place) === split);
      const place = random.pick(places.length > 0 ? places : [templates.length - 1]);
      const text = fill(templates[place] ?? '', voice.language, random);
      const parts: Int16Array[] = [];
      for (const part of text.split('|')) parts.push(await speak(sources, voice, part.trim(), manner));
      return { parts, text: text.replaceAll(' |', ''), template: `${voice.language}.${kind}.${place}` };
    },
  };
}

/** Someone recorded: machines speak the prompts made for it, people whatever was recorded at about the length. */
export function recorded(sources: Sources, who: Recorded, random: Random): Speaker {
  const prompt = (name: string): string[] => {
    if (name === '#')
      return Array.from({ length: random.pick([3, 4, 4, 7]) }, () =>
        prompt(`digits/${random.integer(10)}`),
      ).flat();
    if (name === '*') return [random.pick(who.long)];
    const versions = who.named.get(name);
    return versions ? [random.pick(versions)] : [];
  };
  const choose = (kind: PhraseKind): string[] => {
    const scripts = SCRIPTS[kind];
    if (scripts === 'short' || who.long.length === 0) return [random.pick(who.short)];
    const fitting = scripts.filter((script) =>
      script.every((name) => name === '#' || name === '*' || who.named.has(name)),
    );
    return random.pick(fitting).flatMap(prompt);
  };
  return {
    id: who.id,
    language: null,
    licence: who.licence,
    recorded: true,
    async say(kind) {
      const paths = choose(kind);
      return {
        parts: await Promise.all(paths.map((path) => readRecording(sources, path))),
        text: null,
        template: paths.map((path) => path.split('/').slice(-2).join('/')).join(' '),
      };
    },
  };
}

/** Which prompts make up an utterance of a kind: by name, `#` for a number's digits, `*` for any long one. */
const SCRIPTS: Readonly<Record<PhraseKind, readonly (readonly string[])[] | 'short'>> = {
  hello: 'short',
  name: 'short',
  again: 'short',
  business: [['*']],
  reply: [['*']],
  personalGreeting: [
    ['*', 'vm-intro'],
    ['*', '*', 'vm-intro'],
    ['*'],
    ['vm-intro'],
    ['vm-nobodyavail', 'vm-intro'],
  ],
  carrierGreeting: [
    ['vm-theperson', '#', 'vm-isunavail', 'vm-intro'],
    ['vm-theperson', '#', 'vm-isonphone', 'vm-intro'],
    ['vm-theperson', '#', 'vm-isunavail'],
    ['vm-nobodyavail', 'vm-intro'],
    ['*', 'vm-theperson', '#', 'vm-isunavail', 'vm-intro'],
  ],
  mailboxFull: [
    ['vm-theperson', '#', 'vm-isunavail', 'vm-mailboxfull'],
    ['vm-theperson', '#', 'vm-isonphone', 'vm-mailboxfull', 'vm-goodbye'],
    ['vm-mailboxfull', 'vm-goodbye'],
  ],
  screening: [['priv-recordintro'], ['vm-rec-name'], ['*', 'vm-rec-name']],
  menu: [
    ['vm-options'],
    ['vm-opts'],
    ['vm-advopts'],
    ['vm-forwardoptions'],
    ['conf-usermenu'],
    ['*', 'dir-intro'],
    ['queue-thankyou'],
    ['demo-instruct'],
  ],
  announcement: [['ss-noservice'], ['vm-nobox'], ['*']],
};

/** Of ten templates in a row, five train, two tune and three test. */
function splitOf(place: number): Split {
  const pattern = [0, 2, 0, 1, 0, 2, 0, 1, 0, 2];
  return SPLITS[pattern[place % pattern.length] ?? 0] ?? 'train';
}

function fill(template: string, language: Language, random: Random): string {
  const digits = Array.from({ length: 7 }, () => random.integer(10)).join(' ');
  return template
    .replaceAll('{name}', random.pick(NAMES[language]))
    .replaceAll('{company}', random.pick(COMPANIES[language]))
    .replaceAll('{number}', digits);
}
