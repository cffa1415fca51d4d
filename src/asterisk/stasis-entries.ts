import type { AriEvent } from './generated.ts';

/** Waits for channels to enter the application: before that, ARI answers 409 to what is asked of them. */
export type StasisEntries = {
  /**
   * Resolves when the channel has entered. Call it before the request that makes the channel.
   * Rejects when the channel ends first, or with the signal.
   */
  expect(channelId: string, signal: AbortSignal): Promise<void>;
  /** Takes note of an event. */
  observe(event: AriEvent): void;
};

/** Makes the list of channels that are waited for; events are handed to it as they come. */
export function stasisEntries(): StasisEntries {
  const waiting = new Map<string, { readonly enter: () => void; readonly fail: (error: unknown) => void }>();

  return {
    expect: (channelId, signal) =>
      new Promise<void>((resolve, reject) => {
        const abort = (): void => fail(signal.reason);
        const settle = (): void => {
          waiting.delete(channelId);
          signal.removeEventListener('abort', abort);
        };
        const fail = (error: unknown): void => {
          settle();
          reject(error);
        };
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener('abort', abort);
        waiting.set(channelId, {
          fail,
          enter: () => {
            settle();
            resolve();
          },
        });
      }),
    observe: (event) => {
      if (event.type === 'StasisStart') waiting.get(event.channel.id)?.enter();
      if (event.type === 'ChannelDestroyed') {
        waiting.get(event.channel.id)?.fail(new Error(`channel ${event.channel.id} ended before it began`));
      }
    },
  };
}
