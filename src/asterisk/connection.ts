/** The application's place in Asterisk: requests, and the stream of events that comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { authorize, openAri, type AriAddress, type AriRequester } from './ari.ts';
import { backoffMs } from './backoff.ts';
import { openSocket, type EventSocket } from './event-socket.ts';
import { eventTypes, type AriEvent } from './generated.ts';
import { allowEvents, getStatus, type AsteriskStatus } from './operations.ts';
import { stasisEntries, type StasisEntries } from './stasis-entries.ts';

/** A connected application. */
export type AriConnection = AriRequester & {
  readonly app: string;
  readonly url: string;
  /** See `StasisEntries`: whoever makes a channel waits here before asking anything of it. */
  readonly entries: Pick<StasisEntries, 'expect'>;
};

/** Why the event stream ended. `replaced`: another program connected under the same name; it is not taken back. */
export type Disconnection = { readonly reason: 'lost' | 'replaced'; readonly detail: string };

/** What the caller wants to hear. None of these may block: Asterisk drops a reader that is too slow. */
export type AriListener = {
  /** Every event, in Asterisk's order; may be repeated or missing around a reconnect. */
  readonly onEvent: (event: AriEvent) => void;
  /** After every (re)connect; a changed `startupTime` says that Asterisk has lost every earlier call. */
  readonly onConnected: (status: AsteriskStatus) => void;
  readonly onDisconnected: (disconnection: Disconnection) => void;
  /** An exception that one of the above threw; the stream goes on. */
  readonly onError: (error: unknown) => void;
};

const BACKOFF = { firstMs: 100, mostMs: 10_000 };
/** A connection that lived this long counts as a success; a shorter one makes the next wait longer. */
const STEADY_MS = 5000;

/**
 * Connects the application and keeps it connected. Resolves after the first connect; rejects when that fails,
 * with an `AriError` (401: wrong user or password). Afterwards it reconnects by itself with growing waits, until
 * `close` or until another program takes the application over.
 */
export async function connectAri(
  options: AriAddress & { readonly app: string } & AriListener,
): Promise<AriConnection> {
  const { app, onEvent, onConnected, onDisconnected } = options;
  const requester = openAri(options);
  const entries = stasisEntries();
  const closed = new AbortController();
  let socket: EventSocket | undefined;
  let replaced = false;

  const guarded = <Args extends readonly unknown[]>(tell: (...args: Args) => void, ...args: Args): void => {
    try {
      tell(...args);
    } catch (error) {
      options.onError(error);
    }
  };

  const receive = (text: string): void => {
    const event = JSON.parse(text) as AriEvent;
    if (event.type === 'ApplicationReplaced') {
      replaced = true;
      socket?.close();
    }
    entries.observe(event);
    onEvent(event);
  };

  const connect = async (): Promise<EventSocket> => {
    const opened = await openSocket({
      url: `${options.url.replace(/^http/, 'ws')}/events?app=${encodeURIComponent(app)}`,
      authorization: authorize(options.user, options.password),
      receive: (text) => guarded(receive, text),
    });
    try {
      await allowEvents(requester, app, eventTypes);
      guarded(onConnected, await getStatus(requester));
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  };

  const stayConnected = async (first: EventSocket): Promise<void> => {
    let failures = 0;
    socket = first;
    for (;;) {
      const since = performance.now();
      if (socket) {
        const detail = await socket.ended;
        if (closed.signal.aborted) return;
        guarded(onDisconnected, { reason: replaced ? 'replaced' : 'lost', detail });
        if (replaced) return;
        // What was half-open for the events is so for these as well, and a request would wait there in vain.
        requester.dropIdle();
      }
      failures = performance.now() - since < STEADY_MS ? failures + 1 : 1;
      await sleep(backoffMs({ ...BACKOFF, failures, random: Math.random() }), undefined, closed);
      socket = await connect().catch(noSocket);
    }
  };

  const first = await connect().catch((error: unknown) => {
    requester.close();
    throw error;
  });
  stayConnected(first).catch((error: unknown) => {
    if (!closed.signal.aborted) options.onError(error);
  });
  return {
    app,
    url: options.url,
    entries,
    request: (request) => requester.request(request),
    text: (path) => requester.text(path),
    close: () => {
      closed.abort();
      socket?.close();
      requester.close();
    },
  };
}

/** The next try follows; whoever listens already knows that the connection is lost. */
const noSocket = (): undefined => undefined;
