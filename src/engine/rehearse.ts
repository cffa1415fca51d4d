import { clausesOf } from '../conversation/clauses.ts';
import type { Synthesizer } from '../conversation/engines.ts';
import type { Phrases } from '../conversation/phrases.ts';

/** Has an engine that remembers speak what must come at once, or even when it is gone (F24). */
export async function rehearse(
  synthesizer: Synthesizer,
  phrases: Phrases,
  signal: AbortSignal,
): Promise<void> {
  const { fillers, optedOut, sorry, goodbye, stillThere, giveUp } = phrases;
  for (const text of [...fillers, optedOut, sorry, goodbye, stillThere, giveUp]) {
    for (const clause of clausesOf(text)) await Array.fromAsync(synthesizer.speak(clause, signal));
  }
}
