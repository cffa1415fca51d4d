import type { Logger } from 'pino';
import type { Passage } from '../conversation/passages.ts';

/** A callee waits for an answer, not for what it might have been better with. */
const RECALL_MS = 200;

/** What the documents say about what was said; nothing where that can't be found out in time. */
export async function recallInTime(
  recall: (said: string) => Promise<readonly Passage[]>,
  said: string,
  log: Logger,
): Promise<readonly Passage[]> {
  const late = Promise.withResolvers<readonly Passage[]>();
  const timer = setTimeout(() => late.resolve([]), RECALL_MS);
  try {
    return await Promise.race([recall(said), late.promise]);
  } catch (error) {
    log.warn({ err: error }, 'the documents were not searched');
    return [];
  } finally {
    clearTimeout(timer);
  }
}
