import { SPEECH_RATE } from '../audio/format.ts';
import { resampler } from '../audio/resample.ts';
import type { Voices } from '../conversation/engines.ts';

/** What OpenAI's protocol calls `pcm`: 24 kHz, mono, 16 bits, little-endian, without a header. */
const PCM_RATE = 24_000;

/** The protocol asks for it; servers with one model pass over it. */
const MODEL = 'tts-1';
/** A voice that OpenAI's own server has; those with one voice pass over it. */
const STANDARD_VOICE = 'alloy';

/** Speaks through a server that synthesises as OpenAI's does, below `url` (`…/v1`). */
export function openaiSpeech(url: string): Voices {
  const speaker: Voices['speaker'] = ({ voice, rate: speed }) => ({
    async *speak(text, signal) {
      const resample = resampler(PCM_RATE, SPEECH_RATE);
      try {
        const response = await fetch(`${url}/audio/speech`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: MODEL, voice, speed, input: text, response_format: 'pcm' }),
          signal,
        });
        if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
        const type = response.headers.get('content-type') ?? '';
        // Played, a page or a message would be a burst of noise.
        if (/^text\/|json|html|xml/i.test(type)) throw new Error(`it sends ${type} in place of audio`);
        let spoke = false;
        for await (const samples of wholeSamples(response.body)) {
          spoke = true;
          yield* resample.push(samples);
        }
        if (!spoke) throw new Error('it sends nothing');
        yield* resample.flush();
      } catch (cause) {
        signal.throwIfAborted();
        throw Object.assign(new Error("The speech server can't speak", { cause }), { code: 'SPEECH_FAILED' });
      }
    },
  });
  return { standard: STANDARD_VOICE, names: null, speaker };
}

/** A chunk of a stream may end in the middle of a sample. */
async function* wholeSamples(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Int16Array> {
  let rest = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = new Uint8Array(rest.length + chunk.length);
    bytes.set(rest);
    bytes.set(chunk, rest.length);
    const even = bytes.length - (bytes.length % 2);
    rest = bytes.slice(even);
    if (even > 0) yield new Int16Array(bytes.buffer, 0, even / 2);
  }
}
