import { nextOpening } from '../schedule/may-call.ts';
import type { Windows } from '../schedule/windows.ts';
import { spanAt } from '../schedule/zone.ts';
import { callbackTime, spokenTime } from './callback-time.ts';
import { type Language, intentOf } from './intents.ts';
import { phrasesFor } from './phrases.ts';

/**
 *   free ──asks to be called back──► asking ──names a time──► confirming ──yes──► promised, and goodbye
 *    ▲      └───────── with a time ─────────────────────────────▲  │ no
 *    └── changes the subject ── asking ◄───────────────────────────┘
 */
export type Dialog =
  | { readonly state: 'free' }
  | { readonly state: 'asking'; readonly times: number }
  | { readonly state: 'confirming'; readonly at: Date };

/** What the callee and the agent have agreed on. */
export type Agreement =
  | { readonly type: 'neverAgain'; readonly said: string }
  | { readonly type: 'wrongPerson' }
  | { readonly type: 'callback'; readonly at: Date };

/** What the agent says without asking a model, and what follows from it. */
export interface Scripted {
  readonly say: string;
  readonly dialog: Dialog;
  /** Must be durable before it is acknowledged. */
  readonly agreement: Agreement | null;
  /** The call ends with these words. */
  readonly last: boolean;
}

/** What the script knows of the call. */
export interface Scene {
  /** Whether the person has rung us. */
  readonly inbound?: boolean;
  /** Whether they show no number. */
  readonly hidden?: boolean;
  readonly language: Language;
  readonly agentName: string;
  /** A whole sentence that says that an AI speaks, and for whom. */
  readonly disclosure: string;
  readonly windows: Windows;
  /** Where the callee may be. */
  readonly zones: readonly string[];
  readonly now: Date;
}

const free: Dialog = { state: 'free' };
const MOST_QUESTIONS = 2;

const yes: Readonly<Record<Language, RegExp>> = {
  en: /^(yes|yeah|yep|yup|sure|correct|right|that's right|that is right|ok|okay|fine|perfect|great|exactly|of course|please do|that works|sounds good|all right|alright|good(?! bye))\b/iu,
  de: /^(ja|genau|richtig|stimmt|gut|passt|okay|ok|gerne|in ordnung|perfekt|klar)(?!\p{L})/iu,
  es: /^(sí|si|vale|correcto|claro|perfecto|bien|de acuerdo|está bien|exacto)(?!\p{L})/iu,
  fr: /^(oui|d'accord|c'est ça|exact|parfait|bien|très bien|ça marche|ok|volontiers)(?!\p{L})/iu,
};
const no: Readonly<Record<Language, RegExp>> = {
  en: /^(no|nope|nah|not|that's wrong|wrong)\b/iu,
  de: /^(nein|nee|nicht|falsch)(?!\p{L})/iu,
  es: /^(no|tampoco)(?!\p{L})/iu,
  fr: /^(non|pas)(?!\p{L})/iu,
};

/** The answer to what must be answered right; null when the agent's model may answer. */
export function scripted(text: string, dialog: Dialog, scene: Scene): Scripted | null {
  const phrases = phrasesFor(scene);
  const meant = intentOf(text, scene.language);
  // Who has rung us is not to be excused for a call of ours, and no lead waits at which a callback could be booked.
  const intent = scene.inbound && (meant === 'wrongNumber' || meant === 'callback') ? null : meant;
  const end = (say: string, agreement: Agreement | null = null): Scripted => ({
    say,
    dialog: free,
    agreement,
    last: true,
  });
  const goOn = (say: string): Scripted => ({ say, dialog, agreement: null, last: false });

  if (intent === 'optOut') return optOut(text, scene);
  if (intent === 'wrongNumber') return end(phrases.wrongNumber, { type: 'wrongPerson' });
  if (dialog.state === 'confirming' && yes[scene.language].test(text) && !mentionsTime(text, scene)) {
    const { at } = dialog;
    return end(phrases.booked(said(at, scene)), { type: 'callback', at });
  }
  switch (intent) {
    case 'goodbye':
      return end(phrases.goodbye);
    case 'whoIsThis':
      return goOn(`${phrases.whoIsThis(scene.agentName)} ${scene.disclosure}`);
    case 'areYouARobot':
      return goOn(`${phrases.yesARobot} ${scene.disclosure}`);
    case 'callback':
      return callback(text, dialog, scene);
    case null:
      break;
  }
  if (dialog.state === 'free') return null;
  if (mentionsTime(text, scene)) return callback(text, dialog, scene);
  if (!no[scene.language].test(text)) return callback(text, dialog, scene);
  if (dialog.state === 'confirming')
    return { ...goOn(phrases.askWhen), dialog: { state: 'asking', times: 1 } };
  return { ...goOn(phrases.allRight), dialog: free };
}

/** The agent's answer to a callee who wants no more calls, in whichever words. */
export function optOut(text: string, scene: Pick<Scene, 'language' | 'hidden'>): Scripted {
  return {
    say: phrasesFor(scene).optedOut,
    dialog: free,
    agreement: { type: 'neverAgain', said: text },
    last: true,
  };
}

/**
 * The agent's next step towards a callback: asks for a time, or repeats the one that the callee's words name, moved
 * into the calling window. Nothing is promised before they agree.
 */
export function callback(text: string, dialog: Dialog, scene: Scene): Scripted {
  const phrases = phrasesFor(scene);
  const zone = zoneOf(scene);
  if (zone === null) return { say: phrases.cannotBook, dialog: free, agreement: null, last: true };
  const wanted = callbackTime(text, { ...scene, zone });
  if (!wanted) {
    const times = dialog.state === 'asking' ? dialog.times + 1 : 1;
    if (times > MOST_QUESTIONS) return { say: phrases.cannotBook, dialog: free, agreement: null, last: true };
    if (dialog.state === 'confirming') {
      return {
        say: phrases.confirm(said(dialog.at, scene)),
        dialog: { state: 'asking', times },
        agreement: null,
        last: false,
      };
    }
    return { say: phrases.askWhen, dialog: { state: 'asking', times }, agreement: null, last: false };
  }
  const at = nextOpening(scene.windows, scene.zones, wanted);
  if (!at) return { say: phrases.cannotBook, dialog: free, agreement: null, last: true };
  const confirm = at.getTime() === wanted.getTime() ? phrases.confirm : phrases.confirmMoved;
  return { say: confirm(said(at, scene)), dialog: { state: 'confirming', at }, agreement: null, last: false };
}

const said = (at: Date, scene: Scene): string =>
  spokenTime(at, { language: scene.language, zone: zoneOf(scene) ?? 'UTC' });

const mentionsTime = (text: string, scene: Scene): boolean => {
  const zone = zoneOf(scene);
  return zone !== null && callbackTime(text, { ...scene, zone }) !== null;
};

/** The callee's clock, if all the zones they may be in show the same time. */
function zoneOf({ zones, now }: Scene): string | null {
  const offsets = new Set(zones.map((zone) => spanAt(zone, now.getTime()).offset));
  return offsets.size === 1 ? (zones[0] ?? null) : null;
}
