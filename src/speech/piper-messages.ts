import type { Stage } from '../audio/stage.ts';

/** What a Piper worker says, see piper_worker.py. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'audio'; readonly samples: Int16Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly reason: string };

const HEADER_BYTES = 5;

/** Cuts a worker's output, which comes in chunks of any size, into its messages. */
export function messageReader(): Stage<Buffer, WorkerMessage> {
  let held = Buffer.alloc(0);
  return {
    push(chunk) {
      held = Buffer.concat([held, chunk]);
      const messages: WorkerMessage[] = [];
      while (held.length >= HEADER_BYTES) {
        const end = HEADER_BYTES + held.readUInt32LE(1);
        if (held.length < end) break;
        messages.push(readMessage(held.toString('latin1', 0, 1), held.subarray(HEADER_BYTES, end)));
        held = held.subarray(end);
      }
      return messages;
    },
    flush: () => [],
  };
}

function readMessage(kind: string, body: Buffer): WorkerMessage {
  switch (kind) {
    case 'R':
      return { kind: 'ready' };
    case 'A':
      return { kind: 'audio', samples: new Int16Array(new Uint8Array(body).buffer) };
    case 'E':
      return { kind: 'end' };
    case 'X':
      return { kind: 'failed', reason: body.toString() };
    default:
      throw new Error(`A Piper worker sent a message of unknown kind ${kind}`);
  }
}
