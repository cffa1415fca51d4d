import type { Stage } from '../audio/stage.ts';

/** The first clause is what the callee waits for: it may be this short, a "Yes," while a model still writes. */
const FIRST_LENGTH = 3;
const FIRST_OF_WHOLE_LENGTH = 10;
const NEXT_LENGTH = 40;
/** Longer than this is cut at a blank: an engine speaks nothing before it has read the whole clause. */
const LONGEST = 160;

const sentenceEnd = /[.!?…]+["')\]*_]*(?=\s)|\n/gu;
const anyEnd = /[.!?…,;:]+["')\]*_]*(?=\s)|\n|\s[–—-](?=\s)/gu;
const abbreviation = /(?:^|\s)(?:[A-Z]|Dr|Mr|Mrs|Ms|Prof|St|No|Nr|Hr|Fr|z\.B|e\.g|i\.e|approx|ca)\.$/u;

/** Cuts text, as a model writes it, into clauses to speak: the first as short as can be, the later ones by sentence. */
export function clauser(firstLength = FIRST_LENGTH): Stage<string, string> {
  let held = '';
  let first = true;

  const cut = (at: number): string => {
    const clause = speakable(held.slice(0, at));
    held = held.slice(at);
    if (clause !== '') first = false;
    return clause;
  };
  const nextCut = (): number | null => {
    const least = first ? firstLength : NEXT_LENGTH;
    for (const { 0: mark, index } of held.matchAll(anyEnd)) {
      const end = index + mark.length;
      if (abbreviation.test(held.slice(0, end))) continue;
      const isSentence = held.slice(index, end + 1).search(sentenceEnd) === 0;
      if (isSentence || end >= least) return end;
    }
    if (held.length < LONGEST) return null;
    const blank = held.lastIndexOf(' ', LONGEST);
    return blank > 0 ? blank : LONGEST;
  };
  return {
    push(text) {
      held += text;
      const clauses: string[] = [];
      for (let at = nextCut(); at !== null; at = nextCut()) {
        const clause = cut(at);
        if (clause !== '') clauses.push(clause);
      }
      return clauses;
    },
    flush() {
      const clause = cut(held.length);
      return clause === '' ? [] : [clause];
    },
  };
}

/** The clauses of a whole text. */
export function clausesOf(text: string): readonly string[] {
  const stage = clauser(FIRST_OF_WHOLE_LENGTH);
  return [...stage.push(text), ...stage.flush()];
}

/** Text as it can be spoken: no marks of a page's layout, no pictures, no control characters. */
export function speakable(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/\p{Extended_Pictographic}|[*_#`~<>{}[\]|\\]/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Z}]+/gu, ' ')
    .replaceAll(/\p{C}/gu, '')
    .replace(/^[\s,.;:!?…–—-]+(?=\s|$)/u, '')
    .trim();
}

/** The words of a clause that were heard when this share of its audio was played, 0 to 1. */
export function heardPart(clause: string, share: number): string {
  if (share >= 1) return clause;
  const words = clause.split(' ');
  return words.slice(0, Math.floor(words.length * Math.max(0, share))).join(' ');
}
