/** Runs pieces of work one after another, in the order they came. */
export type Lane = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** A lane of its own; work that is given up before its turn is never begun, and what has begun is let finish, unheard. */
export function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return async (work, signal) => {
    const mine = last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    last = mine.catch(() => undefined);
    const given = Promise.withResolvers<never>();
    const give = (): void => given.reject(signal.reason);
    signal.addEventListener('abort', give, { once: true });
    return Promise.race([mine, given.promise]).finally(() => signal.removeEventListener('abort', give));
  };
}
