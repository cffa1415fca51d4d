import { SPEECH_RATE } from '../audio/format.ts';
import { writeWav } from '../audio/wav.ts';
import type { Transcriber, Transcript } from '../conversation/engines.ts';
import type { Lane } from './lane.ts';
import { dropPhantoms } from './phantoms.ts';
import { cutRepetition } from './repetition.ts';

/** A server of whisper.cpp, or any that transcribes as OpenAI's does, below `url` (`…/v1`). */
export interface WhisperServer {
  readonly url: string;
  /** Two letters, such as `en`. */
  readonly language: string;
  /** Whether it is whisper.cpp's own server, which takes more settings than the others. */
  readonly settings: 'whisper.cpp' | 'plain';
  /** For a server that listens to one at a time: a request that is given up while it waits is then never sent. */
  readonly lane?: Lane;
}

/**
 * One way of listening. Whisper encodes 30 s unless `audio_ctx` (50 per second) is cut; cut below its floor it
 * repeats itself. Each pass has a limit by the audio's length, far above what it takes: a pass that is given up too soon
 * on a busy machine makes it busier.
 */
interface Pass {
  readonly floor: number;
  readonly limitMs: (seconds: number) => number;
}

const FAST: Pass = { floor: 256, limitMs: (seconds) => 4_000 + 300 * seconds };
const SURE: Pass = { floor: 512, limitMs: (seconds) => 6_000 + 500 * seconds };
/** The only pass of a server that takes no such settings; one that does not answer is asked once more. */
const PLAIN: Pass = { floor: 0, limitMs: (seconds) => 3_500 + 300 * seconds };

/** The protocol asks for it; servers with one model pass over it. */
const MODEL = 'whisper-1';

const FULL_CONTEXT = 1_500;

/** whisper.cpp skips audio of less than a second. */
const SHORTEST_SAMPLES = 1.2 * SPEECH_RATE;

/** Mean log probability of a segment's tokens below which it is not trusted: one in twelve sentences on the phone. */
const UNSURE_LOGPROB = -0.4;

/** Faster than people speak: letters per second of audio. */
const FASTEST_SPEECH = 30;

/** Listens with Whisper: a fast pass, and a sure one when that repeats itself, takes too long or is unsure. */
export function whisper(server: WhisperServer): Transcriber {
  return {
    async *transcribe(samples, signal) {
      const isPlain = server.settings === 'plain';
      const first = await listen(server, samples, isPlain ? PLAIN : FAST, signal);
      if (first) yield { ...first, sure: first.sure || isPlain };
      if (first && (first.sure || isPlain)) return;
      const sure = await listen(server, samples, isPlain ? PLAIN : SURE, signal);
      if (!sure) {
        throw Object.assign(new Error('Whisper took longer than the audio can justify'), {
          code: 'WHISPER_SLOW',
        });
      }
      yield { ...sure, sure: true };
    },
  };
}

/** One pass; undefined when it took longer than the audio can justify. A server that is hung up on gives up, too. */
async function listen(
  server: WhisperServer,
  samples: Int16Array,
  pass: Pass,
  signal: AbortSignal,
): Promise<Transcript | undefined> {
  const ask = async () => request(server, samples, pass, signal);
  return server.lane ? server.lane(ask, signal) : ask();
}

async function request(
  server: WhisperServer,
  samples: Int16Array,
  pass: Pass,
  signal: AbortSignal,
): Promise<Transcript | undefined> {
  const seconds = samples.length / SPEECH_RATE;
  const limit = AbortSignal.timeout(Math.ceil(pass.limitMs(seconds)));
  try {
    const response = await fetch(`${server.url}/audio/transcriptions`, {
      method: 'POST',
      body: form(server, samples, pass),
      signal: AbortSignal.any([signal, limit]),
    });
    if (!response.ok) throw failed(`HTTP ${response.status}: ${await response.text()}`);
    return read(await response.json(), samples);
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return undefined;
    const isTheirs = error instanceof TypeError || error instanceof SyntaxError;
    throw isTheirs ? failed(error.message, error) : error;
  }
}

function form({ language, settings }: WhisperServer, samples: Int16Array, { floor }: Pass): FormData {
  const form = new FormData();
  const padded = new Int16Array(Math.max(samples.length, SHORTEST_SAMPLES));
  padded.set(samples);
  const wav = writeWav({ sampleRate: SPEECH_RATE, channels: 1, samples: padded });
  form.set('file', new Blob([wav]), 'speech.wav');
  form.set('model', MODEL);
  form.set('language', language);
  form.set('temperature', '0');
  form.set('response_format', 'verbose_json');
  if (settings === 'whisper.cpp') {
    const context = Math.ceil((62.5 * padded.length) / SPEECH_RATE / 64) * 64;
    form.set('audio_ctx', String(Math.min(FULL_CONTEXT, Math.max(floor, context))));
    form.set('temperature_inc', '0');
    form.set('max_context', '0');
    form.set('no_language_probabilities', 'true');
  }
  return form;
}

type Segment = { readonly text: string; readonly avg_logprob?: number };

function read(answer: unknown, samples: Int16Array): Transcript {
  const { segments = [], text: whole } = answer as { segments?: readonly Segment[]; text?: unknown };
  if (typeof whole !== 'string') throw failed('its answer has no text');
  const { text, repeats } = cutRepetition(segments.map(({ text }) => text).join('') || whole);
  const logprob = Math.min(0, ...segments.map(({ avg_logprob: logprob = 0 }) => logprob));
  const tooFast = text.length > FASTEST_SPEECH * Math.max(1, samples.length / SPEECH_RATE);
  return { text: dropPhantoms(text, samples), sure: !repeats && !tooFast && logprob >= UNSURE_LOGPROB };
}

function failed(reason: string, cause?: unknown): Error {
  return Object.assign(new Error(`Whisper can't transcribe: ${reason}`, { cause }), {
    code: 'WHISPER_FAILED',
  });
}
