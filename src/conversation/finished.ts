/** Words with which nobody ends what they have to say, in the languages that agents speak. */
const openEnds = new Set(
  (
    'a an and the or but so because if when while that which who to of for with at on in from by my your is are was ' +
    'um uh er erm hmm well like um und oder aber weil wenn dass die der das ein eine mit von für zu im am ist sind äh ähm ' +
    'et ou mais parce que si le la les un une avec de pour à est euh y o pero porque si el los las con para es eh'
  ).split(' '),
);

/** Sounds that say "go on" rather than take the turn. */
const hums = new Set(
  'mm mmm mhm mmhm mmhmm mhmm hm hmm hmmm mm-hmm mm-hm uh-huh uhhuh uh huh ah oh aha ok okay right i see genau ach so vale claro'.split(
    ' ',
  ),
);

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}'-]+/gu) ?? [];

/** Whether what was said looks like a whole thought, so that a short silence after it ends the turn. */
export function looksFinished(text: string): boolean {
  const last = words(text).at(-1);
  // "What is that for?" is whole, "I am here for." is not.
  if (last === undefined || /(\.\.|…)$/u.test(text)) return false;
  return /\?["')\]]*$/u.test(text) || (!openEnds.has(last) && /[.!]["')\]]*$/u.test(text));
}

/** Whether this, said while the agent speaks, lets it go on: nothing, or a hum or two. */
export function isHum(text: string): boolean {
  const said = words(text);
  return said.length <= 3 && said.every((word) => hums.has(word) || word === 'see' || word === 'i');
}
