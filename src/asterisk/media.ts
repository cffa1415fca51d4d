/** The agent's leg of a call: audio in and out over Asterisk's media websocket, 16 kHz. */
import { WebSocket } from 'ws';
import { AriError, isStatus } from './ari.ts';
import type { AriConnection } from './connection.ts';
import { mediaQueue, type MediaMessage } from './media-queue.ts';
import {
  addToBridge,
  createBridge,
  createExternalMedia,
  destroyBridge,
  hangUpChannel,
} from './operations.ts';

/** What became of a mark: everything before it was played, or it was flushed or the leg closed. */
export type MarkOutcome = 'played' | 'dropped';

/** One call's media. */
export type MediaLeg = {
  readonly channelId: string;
  readonly bridgeId: string;
  /** Lets the call hear the leg and the leg hear the call: at early media, or at the answer. Not while it rings. */
  join(): Promise<void>;
  /** Queues audio: 16-bit samples at 16 kHz, mono. */
  play(pcm: Int16Array): void;
  /** Resolves when everything queued so far has been played to the call. */
  mark(): Promise<MarkOutcome>;
  /** Stops at once, and drops what is queued. */
  flush(): void;
  /** Ends the leg, also one that ended by itself; the call's own channel stays. */
  close(): Promise<void>;
};

/** Samples a second on the media websocket, both ways. */
export const MEDIA_SAMPLE_RATE = 16_000;

const FORMAT = 'slin16';
const FRAME_BYTES = 640;
const OPEN_LIMIT_MS = 5000;
const KEEP_ALIVE_MS = 200;

/**
 * Opens a media leg for a call, whose channel need not exist yet. `onFrame` gets what the call says, 20 ms
 * at a time. `onEnd` says that the leg is gone although nobody closed it. Rejects with an `AriError`.
 */
export async function openMedia(
  ari: AriConnection,
  {
    callId,
    joins = callId,
    onFrame,
    onEnd,
  }: {
    readonly callId: string;
    /** The call's own channel, where it does not have the call's id. */
    readonly joins?: string;
    readonly onFrame: (frame: Int16Array) => void;
    readonly onEnd: () => void;
  },
): Promise<MediaLeg> {
  // A prefix, not a suffix: Asterisk refuses a new channel whose id is the beginning of another's.
  const channelId = `media-${callId}`;
  const bridgeId = `bridge-${callId}`;
  let closing = false;
  const removeFromAsterisk = async (): Promise<void> => {
    closing = true;
    await Promise.all([hangUpChannel(ari, channelId), destroyBridge(ari, bridgeId)].map(unlessGone));
  };

  const socket = await connect(ari, channelId, bridgeId).catch(async (error: unknown) => {
    await removeFromAsterisk();
    throw error;
  });

  const queue = mediaQueue(FRAME_BYTES, performance.now());
  const marks = new Map<string, (outcome: MarkOutcome) => void>();
  let count = 0;

  const send = (messages: readonly MediaMessage[]): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    for (const message of messages) {
      socket.send(message instanceof Uint8Array ? message : JSON.stringify(message));
    }
  };
  const dropMarks = (): void => {
    for (const settle of marks.values()) settle('dropped');
    marks.clear();
  };
  const obey = ({ event, correlation_id: id = '' }: MediaEvent): void => {
    if (event === 'MEDIA_XOFF' || event === 'MEDIA_XON') send(queue.hold(event === 'MEDIA_XOFF'));
    if (event !== 'MEDIA_MARK_PROCESSED') return;
    send(queue.processed(id, performance.now()));
    marks.get(id)?.('played');
    marks.delete(id);
  };

  socket.on('message', (bytes: Buffer, isBinary: boolean) => {
    if (isBinary) onFrame(samplesOf(bytes));
    else obey(JSON.parse(bytes.toString('utf8')) as MediaEvent);
  });
  const keepAlive = setInterval(() => send(queue.keepAlive(performance.now())), KEEP_ALIVE_MS);
  send(queue.keepAlive(performance.now()));
  socket.on('close', () => {
    clearInterval(keepAlive);
    dropMarks();
    if (!closing) onEnd();
  });

  return {
    channelId,
    bridgeId,
    join: () => addToBridge(ari, bridgeId, { channel: joins, inhibitConnectedLineUpdates: true }),
    play: (pcm) => send(queue.play(bytesOf(pcm))),
    mark: () => {
      if (queue.isIdle()) return Promise.resolve('played');
      const id = `mark-${++count}`;
      const reached = new Promise<MarkOutcome>((resolve) => marks.set(id, resolve));
      send(queue.mark(id));
      return reached;
    },
    flush: () => {
      dropMarks();
      send(queue.flush(performance.now()));
    },
    close: async () => {
      await removeFromAsterisk();
      socket.close();
    },
  };
}

type MediaEvent = { readonly event: string; readonly correlation_id?: string };

/** Makes the leg's channel and bridge and connects to it; resolves when the leg is in its bridge. */
async function connect(ari: AriConnection, channelId: string, bridgeId: string): Promise<WebSocket> {
  const entered = ari.entries.expect(channelId, AbortSignal.timeout(OPEN_LIMIT_MS));
  // Awaited below; the request before it may fail first.
  entered.catch(() => undefined);
  const [channel] = await Promise.all([
    createExternalMedia(ari, {
      channelId,
      app: ari.app,
      external_host: 'INCOMING',
      transport: 'websocket',
      connection_type: 'server',
      encapsulation: 'none',
      format: FORMAT,
      transport_data: 'f(json)',
    }),
    createBridge(ari, bridgeId, { type: 'mixing' }),
  ]);
  const connectionId = channel.channelvars?.['MEDIA_WEBSOCKET_CONNECTION_ID'] ?? '';
  const socket = new WebSocket(new URL(`/media/${connectionId}`, ari.url.replace(/^http/, 'ws')), 'media', {
    perMessageDeflate: false,
    handshakeTimeout: OPEN_LIMIT_MS,
  });
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', (cause) =>
      reject(new AriError('the media websocket does not open', 'ARI_UNREACHABLE', { cause })),
    );
  });
  // Asterisk refuses to bridge a channel that is not in the application yet.
  await entered;
  await addToBridge(ari, bridgeId, { channel: channelId });
  return socket;
}

/** Frames arrive as little-endian bytes, mostly where they can be looked at without a copy. */
function samplesOf(bytes: Buffer): Int16Array {
  const { buffer, byteOffset, length } = byteOffsetIsEven(bytes) ? bytes : Buffer.from(bytes);
  return new Int16Array(buffer, byteOffset, length >> 1);
}

const byteOffsetIsEven = ({ byteOffset }: Buffer): boolean => byteOffset % 2 === 0;

const bytesOf = (pcm: Int16Array): Uint8Array => new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);

async function unlessGone(request: Promise<void>): Promise<void> {
  await request.catch((error: unknown) => {
    if (!isStatus(error, 404)) throw error;
  });
}
