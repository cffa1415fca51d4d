/** The time of the engines that live conversations leave to other work. */
export interface SpareTime {
  /** A conversation begins to need the engines: other work is interrupted. Returns the way to say that it is over. */
  take(): () => void;
  /**
   * Does the work when no conversation needs the engines, and anew when one has interrupted it. Rejects with the
   * reason of `signal` when that aborts, and with the work's own error.
   */
  use<Result>(work: (signal: AbortSignal) => Promise<Result>, signal: AbortSignal): Promise<Result>;
}

/** Nothing is going on yet. */
export function spareTime(): SpareTime {
  let conversations = 0;
  let busy = new AbortController();
  let free = Promise.withResolvers<void>();
  free.resolve();

  const take = (): (() => void) => {
    if (conversations++ === 0) {
      free = Promise.withResolvers();
      busy.abort();
    }
    let over = false;
    return () => {
      if (over) return;
      over = true;
      if (--conversations > 0) return;
      busy = new AbortController();
      free.resolve();
    };
  };
  const untilFree = async (signal: AbortSignal): Promise<void> => {
    if (conversations === 0) return;
    const aborted = Promise.withResolvers<void>();
    const abort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort);
    try {
      signal.throwIfAborted();
      await Promise.race([free.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  };
  return {
    take,
    async use(work, signal) {
      for (;;) {
        signal.throwIfAborted();
        await untilFree(signal);
        const { signal: interrupted } = busy;
        if (interrupted.aborted) continue; // taken again in the same moment
        try {
          return await work(AbortSignal.any([signal, interrupted]));
        } catch (error) {
          signal.throwIfAborted();
          if (!interrupted.aborted) throw error;
        }
      }
    },
  };
}
