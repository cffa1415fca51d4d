/** Who speaks in which split: a speaker and a template belong to one split only. */
import { LANGUAGES, type Language } from './phrases.ts';
import { listRecordings, readRecording, type Sources, type Voice } from './sources.ts';

export const SPLITS = ['train', 'tune', 'test'] as const;
export type Split = (typeof SPLITS)[number];

/** Someone recorded: long prompts stand for what people say at length, short ones for a hello. */
export interface Recorded {
  readonly id: string;
  readonly licence: string;
  /** Prompts by name, such as `vm-intro` or `digits/3`, each perhaps in several versions. */
  readonly named: ReadonlyMap<string, readonly string[]>;
  readonly long: readonly string[];
  readonly short: readonly string[];
}

/** The voices of a split. */
export interface Cast {
  readonly synthetic: readonly Voice[];
  readonly recorded: readonly Recorded[];
  /** Speakers of single words only. */
  readonly words: readonly Recorded[];
}

const PROMPTS = 'usr/share/asterisk/sounds';

/** Prompt sets by speaker; Allison speaks English and Spanish. */
const PROMPT_SPEAKERS: Readonly<
  Record<Split, readonly (readonly [id: string, folders: readonly string[]])[]>
> = {
  train: [
    ['allison', ['en_US_f_Allison', 'es_MX_f_Allison']],
    ['carlo', ['it_IT_m_Carlo']],
    ['asterisk-de', ['de']],
  ],
  tune: [['ivrvoice-ru', ['ru_RU_f_IvrvoiceRU']]],
  test: [
    ['june', ['fr_CA_f_June']],
    ['avatar-co', ['es_CO_f_Avatar']],
    ['armelle', ['fr']],
  ],
};

/** Languages of the spelling and drawing games' voices, each with speakers of its own. */
const WORD_LANGUAGES: Readonly<Record<Split, readonly string[]>> = {
  train: [
    'ca',
    'cs',
    'da',
    'de',
    'el',
    'en',
    'eo',
    'es',
    'fi',
    'ga',
    'hu',
    'id',
    'nds',
    'nn',
    'pt_BR',
    'ru',
    'sr',
    'tn',
  ],
  tune: ['gl', 'he', 'lt', 'nb', 'ro', 'wa'],
  test: ['ar', 'en_GB', 'fr', 'it', 'ml', 'nl', 'pt', 'sl', 'sv', 'uk'],
};

const ESPEAK_LANGUAGES: Readonly<Record<Language, readonly string[]>> = {
  en: ['en-us', 'en-gb', 'en-gb-scotland'],
  de: ['de'],
  es: ['es', 'es-419'],
  fr: ['fr-fr', 'fr-be'],
};

const ESPEAK_VARIANTS: Readonly<Record<Split, readonly string[]>> = {
  train: [
    'm1',
    'm2',
    'm3',
    'm6',
    'f1',
    'f2',
    'Andy',
    'Annie',
    'Gene',
    'Michael',
    'steph',
    'linda',
    'adam',
    'klatt2',
    'pablo',
    'belinda',
  ],
  tune: ['m4', 'f3', 'Alex', 'Denis', 'anika', 'klatt3', 'miguel'],
  test: [
    'm5',
    'm7',
    'm8',
    'f4',
    'f5',
    'Alicia',
    'Diogo',
    'Mario',
    'steph2',
    'benjamin',
    'grandma',
    'aunty',
    'john',
    'klatt4',
  ],
};

const FLITE_VOICES: Readonly<Record<Split, readonly string[]>> = {
  train: ['slt', 'kal16'],
  tune: ['rms'],
  test: ['awb'],
};

const LONG_MS = { from: 1_100, to: 6_000 };
const SHORT_MS = { from: 220, to: 1_000 };

/** Gathers the voices of a split. */
export async function castOf(sources: Sources, split: Split): Promise<Cast> {
  const synthetic = LANGUAGES.flatMap((language) =>
    ESPEAK_LANGUAGES[language].flatMap((accent) =>
      ESPEAK_VARIANTS[split].map((variant): Voice => {
        const voice = `${accent}+${variant}`;
        return { id: `espeak-${variant}`, engine: 'espeak-ng', voice, language };
      }),
    ),
  );
  const flite = FLITE_VOICES[split].map((voice): Voice => ({
    id: `flite-${voice}`,
    engine: 'flite',
    voice,
    language: 'en',
  }));
  const joe: Voice = { id: 'piper-joe', engine: 'piper', voice: 'joe', language: 'en' };
  const piper = split === 'test' ? Array.from({ length: 12 }, () => joe) : [];
  const recorded: Recorded[] = [];
  for (const [id, folders] of PROMPT_SPEAKERS[split]) {
    const paths = (
      await Promise.all(folders.map((name) => listRecordings(sources, `${PROMPTS}/${name}`)))
    ).flat();
    recorded.push(
      await sorted(
        sources,
        id,
        'CC-BY-SA-3.0',
        paths.filter((path) => !/tone|beep|silence|leave|join|vm-duration/u.test(path)),
      ),
    );
  }
  const words: Recorded[] = [];
  for (const language of WORD_LANGUAGES[split]) {
    for (const game of ['ktuberling/sounds', 'klettres']) {
      const paths = await listRecordings(sources, `usr/share/${game}/${language}`).catch(none);
      const speaker = await sorted(
        sources,
        `${game.split('/')[0]}-${language}`,
        'GPL-2.0-or-later',
        paths.slice(0, 40),
      );
      if (speaker.short.length >= 5) words.push(speaker);
    }
  }
  // flite's and Piper's voices are few, so each stands in several times for the many of espeak-ng
  return { synthetic: [...synthetic, ...piper, ...flite, ...flite, ...flite, ...flite], recorded, words };
}

function none(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

async function sorted(
  sources: Sources,
  id: string,
  licence: string,
  paths: readonly string[],
): Promise<Recorded> {
  const long: string[] = [];
  const short: string[] = [];
  for (const path of paths) {
    const ms = (await readRecording(sources, path)).length / 8;
    if (ms >= LONG_MS.from && ms <= LONG_MS.to) long.push(path);
    if (ms >= SHORT_MS.from && ms <= SHORT_MS.to) short.push(path);
  }
  const named = Map.groupBy(paths, (path) => path.replace(/^.*sounds\/[^/]+\//u, '').replace(/\.\w+$/u, ''));
  return { id, licence, named, long, short };
}
