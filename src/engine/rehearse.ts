import type { Logger } from 'pino';
import { clausesOf } from '../conversation/clauses.ts';
import type { Chat, Message, Synthesizer, Tool } from '../conversation/engines.ts';
import type { Phrases } from '../conversation/phrases.ts';

/** Has an engine that remembers speak what must come at once, or even when it is gone (F24). */
export function rehearse(
  synthesizer: Synthesizer,
  { fillers, optedOut, sorry, goodbye, stillThere, giveUp }: Phrases,
  signal: AbortSignal,
  log: Logger,
): void {
  const speakAll = async (): Promise<void> => {
    for (const text of [...fillers, optedOut, sorry, goodbye, stillThere, giveUp]) {
      for (const clause of clausesOf(text)) await Array.fromAsync(synthesizer.speak(clause, signal));
    }
  };
  speakAll().catch((error: unknown) => {
    if (!signal.aborted) log.warn({ err: error }, 'what is often said was not rendered ahead');
  });
}

/** Has the model read what it knows already, while the callee has not finished. */
export function readAhead(
  chat: Chat,
  messages: readonly Message[],
  tools: readonly Tool[],
  signal: AbortSignal,
  log: Logger,
): void {
  chat.warm(messages, tools, signal).catch((error: unknown) => {
    if (!signal.aborted) log.warn({ err: error }, 'the model has not read ahead');
  });
}
