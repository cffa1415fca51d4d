import type { Chat, Message, Reply, Tool } from '../conversation/engines.ts';
import { secondTry } from './second-try.ts';

/** Nothing from the model for this long: it is stuck. */
const STALL_MS = 5000;
const TRIES = 2;
/** More than a minute of speech is no answer. */
const MOST_LETTERS = 800;

/**
 * What the agent's model answers, as it comes. A model that fails before its first word is asked once more (F23); what
 * has been said before a failure stands. Throws the model's error after the second failure.
 */
export async function* think(
  chat: Chat,
  messages: readonly Message[],
  tools: readonly Tool[],
  signal: AbortSignal,
): AsyncGenerator<Reply, void> {
  for (let tries = 1; ; tries += 1) {
    const askedAt = performance.now();
    const stall = new AbortController();
    const timer = setTimeout(() => stall.abort(), STALL_MS);
    let letters = 0;
    try {
      for await (const reply of chat.reply(messages, tools, AbortSignal.any([signal, stall.signal]))) {
        timer.refresh();
        letters += reply.type === 'say' ? reply.text.length : 1;
        yield reply;
        if (letters > MOST_LETTERS) return;
      }
      if (letters === 0) throw Object.assign(new Error('The model said nothing.'), { code: 'CHAT_EMPTY' });
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (letters > 0) return;
      if (tries === TRIES) throw error;
      await secondTry(askedAt, signal);
    } finally {
      clearTimeout(timer);
    }
  }
}
