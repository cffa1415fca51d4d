/** Runs pieces of work one after another, in the order they came. */
export type Lane = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** A lane of its own; work that is given up before its turn is never begun, and what has begun is up to itself. */
export function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return async (work, signal) => {
    const mine = last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    last = mine.catch(() => undefined);
    return mine;
  };
}
