/** A local server that has died is started again at once, and answers within this time of its death. */
const BACK_AFTER_MS = 2500;

/**
 * Waits until an engine that was asked at `askedAt`, on the clock of `performance`, and has failed since is worth a
 * second try. Throws the reason of `signal` when that aborts.
 */
export async function secondTry(askedAt: number, signal: AbortSignal): Promise<void> {
  const waited = Promise.withResolvers<void>();
  const timer = setTimeout(waited.resolve, Math.max(0, askedAt + BACK_AFTER_MS - performance.now()));
  signal.addEventListener('abort', () => waited.resolve(), { once: true });
  await waited.promise;
  clearTimeout(timer);
  signal.throwIfAborted();
}
