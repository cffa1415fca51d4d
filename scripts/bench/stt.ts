/** Word error rate and time of the local ears on human speech through G.711. */
import { pino } from 'pino';
import { startWhisperServer } from '../../src/native/engines.ts';
import { cutRepetition } from '../../src/speech/repetition.ts';
import { whisper } from '../../src/speech/whisper.ts';
import { percentiles } from './percentiles.ts';
import { loadPrompts } from './prompts.ts';
import { wordErrors } from './word-errors.ts';

const CLIPS = 100;

const say = (line: string): void => console.error(line);

/**
 * Transcribes 100 of Asterisk's prompts one after the other. `ms` is the time to the first transcript, `final_ms`
 * to the one to act on, which differs where a second pass was needed.
 */
export async function benchStt(): Promise<Record<string, unknown>> {
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
      ms: percentiles(firstMs, [50, 95]),
      final_ms: percentiles(finalMs, [50, 95]),
    };
  } finally {
    await server.stop();
  }
}
