/** Word error rate and time of the local ears on human speech through G.711. */
import { pino } from 'pino';
import { startWhisperServer } from '../../src/native/engines.ts';
import { cutRepetition } from '../../src/speech/repetition.ts';
import { whisper } from '../../src/speech/whisper.ts';
import { loadPrompts } from './prompts.ts';
import { wordErrors } from './word-errors.ts';

const CLIPS = 100;

/** What `npm run bench -- stt` prints; `ms` is until the first transcript, `final_ms` until the one to act on. */
interface SttReport {
  readonly clips: number;
  readonly wer: number;
  readonly loops: number;
  readonly second_passes: number;
  readonly ms: Percentiles;
  readonly final_ms: Percentiles;
}

type Percentiles = { readonly p50: number; readonly p95: number };

const say = (line: string): void => console.error(line);

/** Transcribes 100 of Asterisk's prompts one after the other. */
export async function benchStt(): Promise<SttReport> {
  const prompts = await loadPrompts(CLIPS, say);
  const server = await startWhisperServer(say, pino({ level: 'warn' }, pino.destination(2)));
  try {
    const transcriber = whisper({ url: server.url, language: 'en', settings: 'whisper.cpp' });
    const firstMs: number[] = [];
    const finalMs: number[] = [];
    let [errors, words, loops, secondPasses] = [0, 0, 0, 0];
    for (const prompt of prompts) {
      const from = performance.now();
      let [passes, heard] = [0, ''];
      for await (const { text } of transcriber.transcribe(prompt.samples, new AbortController().signal)) {
        passes += 1;
        heard = text;
        if (passes === 1) firstMs.push(performance.now() - from);
      }
      finalMs.push(performance.now() - from);
      const score = wordErrors(prompt.text, heard);
      errors += score.errors;
      words += score.words;
      secondPasses += passes - 1;
      if (cutRepetition(heard).repeats || score.errors > 2 * score.words) loops += 1;
      if (score.errors > 0) console.error(`${prompt.name}: ${score.errors}/${score.words} · ${heard}`);
    }
    return {
      clips: prompts.length,
      wer: Number((errors / words).toFixed(4)),
      loops,
      second_passes: secondPasses,
      ms: percentiles(firstMs),
      final_ms: percentiles(finalMs),
    };
  } finally {
    await server.stop();
  }
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  return { p50: at(0.5), p95: at(0.95) };
}
