import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { messageReader, type WorkerMessage } from './piper-messages.ts';

/** A voice: its file, with its `.json` beside it, and the samples that it makes for a second. */
export interface PiperVoice {
  readonly file: string;
  readonly sampleRate: number;
}

/** What Piper is started with: Python, the folder of its packages, and the voices by name, the standard one first. */
export interface PiperFiles {
  readonly python: string;
  readonly packages: string;
  readonly voices: ReadonlyMap<string, PiperVoice>;
}

/** One warm Piper process; it speaks one utterance at a time. */
export interface PiperWorker {
  readonly pid: number;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  /** Speaks at the voice's own sample rate, one chunk per sentence; returns only when the process is free again or gone. */
  speak(order: Order, signal: AbortSignal): AsyncGenerator<Int16Array, void>;
  close(): void;
}

/** A text for a voice, at a rate of which 1 is its own. */
export interface Order {
  readonly text: string;
  /** The file of the voice; one that is new to the worker takes it half a second to load. */
  readonly voice: string;
  readonly rate: number;
}

const SCRIPT = new URL('piper_worker.py', import.meta.url).pathname;

/** One thread each: two utterances at once are more use than one that is a little faster. */
const THREADS = '1';

/** A worker ends an utterance within one model run; one that doesn't is stuck. */
const STOP_LIMIT_MS = 1_000;

const STDERR_KEPT = 2_000;

/** Starts a worker; resolves when this voice is warm. Throws `PIPER_DIED` with what it last said. */
export async function startWorker(
  { python, packages }: Pick<PiperFiles, 'python' | 'packages'>,
  voice: string,
): Promise<PiperWorker> {
  const child = spawn(python, ['-I', SCRIPT, packages, voice, THREADS], {
    env: { ...process.env, OMP_NUM_THREADS: THREADS, OPENBLAS_NUM_THREADS: THREADS },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-STDERR_KEPT)));
  // the end of the process tells what a failed write to it would
  child.stdin.on('error', () => undefined);
  const gone = once(child, 'close').then(
    () => undefined,
    (error: unknown) => void (said += String(error)),
  );
  const died = (): Error =>
    Object.assign(new Error(`A Piper worker ended: ${said.trim() || 'it said nothing'}`), {
      code: 'PIPER_DIED',
    });

  const messages = readMessages(child.stdout);
  const next = async (): Promise<WorkerMessage> => {
    const { value, done } = await messages.next();
    if (!done) return value;
    await gone;
    throw died();
  };
  const tell = (order: Order | { stop: true }): void => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
  };

  const first = await next();
  if (first.kind !== 'ready' || child.pid === undefined) throw died();

  return {
    pid: child.pid,
    gone,
    close: () => child.stdin.end(),
    async *speak(order, signal) {
      signal.throwIfAborted();
      let limit: NodeJS.Timeout | undefined;
      let speaking = true;
      const stop = (): void => {
        limit ??= setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
        tell({ stop: true });
      };
      signal.addEventListener('abort', stop, { once: true });
      try {
        tell(order);
        for (;;) {
          const message = await next();
          if (message.kind === 'audio') {
            if (!signal.aborted) yield message.samples;
            continue;
          }
          speaking = false;
          signal.throwIfAborted();
          if (message.kind === 'end') return;
          throw failed(message);
        }
      } finally {
        signal.removeEventListener('abort', stop);
        if (speaking) {
          stop();
          await drain(messages);
        }
        clearTimeout(limit);
      }
    },
  };
}

/** Reads on to the end of an utterance that nobody listens to any more. */
async function drain(messages: AsyncGenerator<WorkerMessage, void>): Promise<void> {
  for (;;) {
    const { value, done } = await messages.next();
    if (done || value.kind !== 'audio') return;
  }
}

async function* readMessages(stdout: AsyncIterable<Buffer>): AsyncGenerator<WorkerMessage, void> {
  const reader = messageReader();
  for await (const chunk of stdout) yield* reader.push(chunk);
}

function failed(message: WorkerMessage): Error {
  const reason = message.kind === 'failed' ? message.reason : `an unexpected ${message.kind}`;
  return Object.assign(new Error(`Piper can't speak: ${reason}`), { code: 'PIPER_FAILED' });
}
