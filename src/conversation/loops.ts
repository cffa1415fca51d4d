import type { Message } from './engines.ts';

const TIMES = 3;
/** "Yes" three times is a conversation. */
const LEAST_WORDS = 4;

/** Whether one side says the same again and again: an announcement, or two machines that talk to each other (F30). */
export function goesInCircles(history: readonly Message[]): boolean {
  return (['callee', 'agent'] as const).some((role) => {
    const last = history
      .filter((message) => message.role === role)
      .slice(-TIMES)
      .map(({ text }) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
    const [first = []] = last;
    return (
      last.length === TIMES &&
      first.length >= LEAST_WORDS &&
      last.every((words) => words.join(' ') === first.join(' '))
    );
  });
}
