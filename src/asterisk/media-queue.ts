/** What goes over the media websocket: audio, or a command in Asterisk's words. */
export type MediaMessage =
  | Uint8Array
  | { readonly command: 'MARK_MEDIA'; readonly correlation_id: string }
  | { readonly command: 'FLUSH_MEDIA' };

/**
 * The audio on its way to the carrier. Every function returns what must now be sent, in order.
 *
 *   idle ──play──► playing ──last piece heard, or flush──► idle
 *
 * While idle the line is kept alive with silence, since Asterisk sends no RTP from an empty queue. Speech does not
 * wait behind that silence: the first piece flushes it. Asterisk's marks say how far playback is, so that no more
 * than a few seconds lie in its queue, which drops what comes after 20 s.
 */
export type MediaQueue = {
  /** Appends audio of any length; an incomplete last frame waits for more. */
  play(pcm: Uint8Array): readonly MediaMessage[];
  /** Appends a mark, which Asterisk reports when everything before it has been played. */
  mark(id: string): readonly MediaMessage[];
  /** Forgets all that has not been played; marks among it are never reported. */
  flush(nowMs: number): readonly MediaMessage[];
  /** Takes note that Asterisk has reached a mark, of `mark` or of its own. */
  processed(id: string, nowMs: number): readonly MediaMessage[];
  /** MEDIA_XOFF and MEDIA_XON. */
  hold(held: boolean): readonly MediaMessage[];
  /** Silence that is due; to be asked for several times a second. */
  keepAlive(nowMs: number): readonly MediaMessage[];
  /** Whether everything has been played. */
  isIdle(): boolean;
};

const FRAME_MS = 20;
/** How much goes out between two of our own marks. */
const PIECE_FRAMES = 50;
const MOST_AHEAD_FRAMES = 250;
const SILENCE_AHEAD_MS = 400;
const OWN = 'heard-';

/** Makes an idle queue for frames of this many bytes. */
export function mediaQueue(frameBytes: number, startMs: number): MediaQueue {
  type Waiting = { readonly audio: Uint8Array } | { readonly mark: string };
  let waiting: Waiting[] = [];
  let remainder = new Uint8Array(0);
  let ahead = new Map<string, number>();
  let count = 0;
  let held = false;
  let silence: { readonly sinceMs: number; frames: number } | undefined = { sinceMs: startMs, frames: 0 };
  let silenceIsQueued = true;

  const isIdle = (): boolean => silence !== undefined && remainder.length === 0;
  const framesAhead = (): number => [...ahead.values()].reduce((sum, frames) => sum + frames, 0);

  /** Sends what may be sent. */
  const pump = (): MediaMessage[] => {
    const send: MediaMessage[] = [];
    if (held || waiting.length === 0) return send;
    if (silenceIsQueued && !silence) {
      silenceIsQueued = false;
      send.push({ command: 'FLUSH_MEDIA' });
    }
    while (framesAhead() < MOST_AHEAD_FRAMES) {
      const next = waiting.shift();
      if (!next) break;
      if ('mark' in next) {
        send.push({ command: 'MARK_MEDIA', correlation_id: next.mark });
        continue;
      }
      const id = `${OWN}${++count}`;
      ahead.set(id, next.audio.length / frameBytes);
      send.push(next.audio, { command: 'MARK_MEDIA', correlation_id: id });
    }
    return send;
  };

  const append = (whole: Uint8Array): void => {
    silence = undefined;
    for (let at = 0; at < whole.length; at += PIECE_FRAMES * frameBytes) {
      waiting.push({ audio: whole.subarray(at, at + PIECE_FRAMES * frameBytes) });
    }
  };

  /** Fills up the frame that waits for more audio. */
  const completeFrame = (): void => {
    if (remainder.length === 0) return;
    const frame = new Uint8Array(frameBytes);
    frame.set(remainder);
    remainder = new Uint8Array(0);
    append(frame);
  };

  const keepAlive = (nowMs: number): MediaMessage[] => {
    if (!silence) return [];
    const due = Math.ceil((nowMs - silence.sinceMs + SILENCE_AHEAD_MS) / FRAME_MS) - silence.frames;
    if (due <= 0) return [];
    silence.frames += due;
    return [new Uint8Array(due * frameBytes)];
  };

  const rest = (nowMs: number): MediaMessage[] => {
    silence = { sinceMs: nowMs, frames: 0 };
    silenceIsQueued = true;
    return keepAlive(nowMs);
  };

  return {
    isIdle,
    keepAlive,
    play: (pcm) => {
      const joined = new Uint8Array(remainder.length + pcm.length);
      joined.set(remainder);
      joined.set(pcm, remainder.length);
      const whole = joined.length - (joined.length % frameBytes);
      remainder = joined.slice(whole);
      if (whole === 0) return [];
      append(joined.subarray(0, whole));
      return pump();
    },
    mark: (id) => {
      completeFrame();
      waiting.push({ mark: id });
      return pump();
    },
    flush: (nowMs) => {
      waiting = [];
      remainder = new Uint8Array(0);
      ahead = new Map();
      return [{ command: 'FLUSH_MEDIA' }, ...rest(nowMs)];
    },
    processed: (id, nowMs) => {
      ahead.delete(id);
      if (waiting.length === 0 && ahead.size === 0) completeFrame();
      const send = pump();
      const isDone = !silence && waiting.length === 0 && ahead.size === 0;
      return isDone ? [...send, ...rest(nowMs)] : send;
    },
    hold: (now) => {
      held = now;
      return pump();
    },
  };
}
