import { once } from 'node:events';
import { WebSocket } from 'ws';
import { AriError } from './ari.ts';

/** One websocket of events, from open to end. */
export type EventSocket = {
  /** Resolves to why it ended; never rejects. */
  readonly ended: Promise<string>;
  close(): void;
};

const PING_MS = 3000;
const OPEN_LIMIT_MS = 10_000;

/**
 * Opens the websocket and hands the text of each event to `receive`, which must not throw. Pings it, and ends a half-open
 * one after two silent pings. Rejects with an `AriError` when it does not open.
 */
export async function openSocket({
  url,
  authorization,
  receive,
}: {
  readonly url: string;
  readonly authorization: string;
  readonly receive: (text: string) => void;
}): Promise<EventSocket> {
  const socket = new WebSocket(url, {
    headers: { authorization },
    perMessageDeflate: false,
    handshakeTimeout: OPEN_LIMIT_MS,
  });
  // Set before it is open: the first events may come with the answer.
  socket.on('message', (text: Buffer) => receive(text.toString('utf8')));
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('unexpected-response', (_request, { statusCode }) => {
      reject(
        new AriError(`the event stream is refused: ${statusCode}`, 'ARI_STATUS', { status: statusCode }),
      );
      socket.terminate();
    });
    socket.on('error', (cause) =>
      reject(new AriError('Asterisk is not reachable', 'ARI_UNREACHABLE', { cause })),
    );
  });

  let alive = true;
  let failure = 'it closed';
  const pings = setInterval(() => {
    if (!alive) {
      failure = 'no answer to pings';
      return socket.terminate();
    }
    alive = false;
    socket.ping();
  }, PING_MS);
  socket.on('pong', () => (alive = true));
  socket.on('message', () => (alive = true));
  socket.on('error', (error) => (failure = error.message));
  const ended = once(socket, 'close').then(([code]: unknown[]) => {
    clearInterval(pings);
    return `${failure} (${String(code)})`;
  });
  return { ended, close: () => socket.close() };
}
