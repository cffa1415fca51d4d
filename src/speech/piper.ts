import { setTimeout as sleep } from 'node:timers/promises';
import { SPEECH_RATE } from '../audio/format.ts';
import { resampler } from '../audio/resample.ts';
import type { Synthesizer, Voices } from '../conversation/engines.ts';
import { startWorker, type PiperFiles, type PiperWorker } from './piper-worker.ts';

/** A pool of warm Piper processes; `close` ends them. Its own `speak` is that of the standard voice. */
export interface Piper extends Voices, Synthesizer {
  /** The process ids of the workers that are alive now. */
  readonly pids: readonly number[];
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** Someone who waits for a worker to be free. */
type Waiter = { take(worker: PiperWorker): void; giveUp(reason: unknown): void };

/**
 * Starts `size` workers; resolves when the first is warm. Each speaks one utterance at a time, further ones wait
 * their turn. A worker that dies is replaced, after growing pauses while that fails. Throws `PIPER_DIED` when the
 * first can't start; so does `speak` when its worker dies in mid-utterance or none can be started. A speaker with a
 * voice that is not there throws `NO_VOICE` when it speaks.
 */
export async function startPiper(files: PiperFiles, size: number): Promise<Piper> {
  const [[standard, { file }] = ['', { file: '' }]] = files.voices;
  const closing = new AbortController();
  const alive = new Set<PiperWorker>();
  const idle: PiperWorker[] = [];
  const waiters: Waiter[] = [];
  let failure: unknown;

  const offer = (worker: PiperWorker): void => {
    if (!alive.has(worker)) return;
    const waiter = waiters.shift();
    if (waiter) waiter.take(worker);
    else idle.push(worker);
  };

  const attend = async (worker: PiperWorker): Promise<void> => {
    failure = undefined;
    alive.add(worker);
    if (closing.signal.aborted) worker.close();
    else offer(worker);
    await worker.gone;
    alive.delete(worker);
    if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
  };

  /** Keeps one place in the pool filled until the pool closes. */
  const fill = async (first: PiperWorker | undefined): Promise<void> => {
    if (first) await attend(first);
    let pauseMs = FIRST_PAUSE_MS;
    while (!closing.signal.aborted) {
      const startedAt = performance.now();
      try {
        await attend(await startWorker(files, file));
      } catch (error) {
        failure = error;
        if (alive.size === 0) for (const waiter of waiters.splice(0)) waiter.giveUp(error);
      }
      pauseMs =
        performance.now() - startedAt > LONGEST_PAUSE_MS
          ? FIRST_PAUSE_MS
          : Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };

  const hire = (signal: AbortSignal): Promise<PiperWorker> => {
    const worker = idle.shift();
    if (worker) return Promise.resolve(worker);
    if (alive.size === 0 && failure) return Promise.reject(failure);
    const { promise, resolve, reject } = Promise.withResolvers<PiperWorker>();
    const waiter = { take: resolve, giveUp: reject };
    const leave = (): void => {
      if (waiters.includes(waiter)) waiters.splice(waiters.indexOf(waiter), 1);
      reject(signal.reason as Error);
    };
    waiters.push(waiter);
    signal.addEventListener('abort', leave, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', leave));
  };

  const first = await startWorker(files, file);
  const places = Array.from({ length: size }, (_, index) => fill(index === 0 ? first : undefined));

  const speaker: Voices['speaker'] = ({ voice: name, rate }) => ({
    async *speak(text, signal) {
      signal.throwIfAborted();
      const voice = files.voices.get(name);
      if (!voice) throw Object.assign(new Error(`There is no voice ${name}.`), { code: 'NO_VOICE' });
      for (let dead = 0; ; dead += 1) {
        const worker = await hire(signal);
        let heard = false;
        try {
          const resample = resampler(voice.sampleRate, SPEECH_RATE);
          for await (const samples of worker.speak({ text, voice: voice.file, rate }, signal)) {
            heard = true;
            yield* resample.push(samples);
          }
          yield* resample.flush();
          return;
        } catch (error) {
          // a worker may be dead before the pool has seen it; what nobody has heard yet can be said by another
          if (heard || dead === size || (error as { code?: string }).code !== 'PIPER_DIED') throw error;
        } finally {
          offer(worker);
        }
      }
    },
  });

  return {
    get pids() {
      return [...alive].map(({ pid }) => pid);
    },
    standard,
    names: [...files.voices.keys()],
    speaker,
    speak: (text, signal) => speaker({ voice: standard, rate: 1 }).speak(text, signal),
    close: async () => {
      closing.abort();
      for (const worker of alive) worker.close();
      await Promise.all(places);
    },
  };
}
