/**
 * `npm run talk -- FILE.wav …`: a conversation without a phone. Each WAV file is one turn of the callee, played when
 * the agent has fallen silent; the transcript is printed with what each answer cost. Ears, head and mouth are the real
 * ones, and so is all that decides between them; only the line is not: it plays into nothing, in real time.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { FRAME_SAMPLES, SPEECH_RATE } from '../src/audio/format.ts';
import { resampler } from '../src/audio/resample.ts';
import { readWav } from '../src/audio/wav.ts';
import { readConfig } from '../src/config/config.ts';
import { instruction } from '../src/conversation/prompt.ts';
import type { SpokenTurn } from '../src/conversation/transcript.ts';
import { startConversation } from '../src/engine/conversation.ts';
import type { Line } from '../src/engine/line.ts';
import { startEngines } from '../src/engines.ts';
import { alwaysOpen } from '../src/schedule/windows.ts';
import { columns } from './terminal.ts';
import { turnLines } from './transcript.ts';

const FRAME_MS = 20;
/** The callee speaks this long after the agent. */
const POLITE_MS = 400;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A line on which audio takes the time that it takes. */
function emptyLine(): Line & { speaksUntil(): number } {
  let until = 0;
  let flushed = new AbortController();
  return {
    speaksUntil: () => until,
    play(pcm) {
      until = Math.max(until, performance.now()) + (pcm.length / SPEECH_RATE) * 1000;
    },
    async mark() {
      try {
        await sleep(until - performance.now(), undefined, { signal: flushed.signal });
        return 'played';
      } catch {
        // a flush: the timer's own way to say so
        return 'dropped';
      }
    },
    flush() {
      until = 0;
      flushed.abort();
      flushed = new AbortController();
    },
  };
}

async function loadSpeech(path: string): Promise<Int16Array> {
  const { sampleRate, channels, samples } = readWav(await readFile(path));
  const left = samples.filter((_sample, index) => index % channels === 0);
  if (sampleRate === SPEECH_RATE) return left;
  const stage = resampler(sampleRate, SPEECH_RATE);
  return Int16Array.from([...stage.push(left), ...stage.flush()].flatMap((chunk) => Array.from(chunk)));
}

function print(turn: SpokenTurn): void {
  for (const line of turnLines(turn, columns())) say(line);
}

const files = process.argv.slice(2);
if (files.length === 0) {
  say('npm run talk -- FILE.wav …: each file is one turn of the callee');
  process.exit(1);
}
const speech = await Promise.all(files.map(loadSpeech));
const log = pino({ level: process.env['CARILLON_LOG'] ?? 'silent' });
const engines = await startEngines(readConfig(process.env), { say, log });
const { voice, ears, head, turns } = engines;
try {
  if (!voice.engine || !ears.engine || !head.engine || !turns.engine) {
    const missing = Object.entries(engines).flatMap(([name, part]) => {
      const fault = part.problem();
      return fault ? [`${name}: ${fault.problem} (${fault.remedy})`] : [];
    });
    throw Object.assign(new Error(`Not all engines are there.\n${missing.join('\n')}`), {
      code: 'NO_ENGINES',
    });
  }
  const line = emptyLine();
  const disclosure = 'I am the AI assistant of Harbour Dental.';
  const conversation = startConversation({
    line,
    chat: head.engine,
    transcriber: ears.engine('en'),
    detector: turns.engine(),
    synthesizer: voice.engine.speaker({ voice: voice.engine.standard, rate: 1 }),
    instruction: instruction({
      name: 'Anna',
      persona:
        'You are the friendly assistant of Harbour Dental. Parking is free behind the house, in Quay Street.',
      objective: 'Ask whether the appointment on Tuesday at ten still suits the person.',
      disclosure,
      language: 'en',
      contact: {},
      localTime: '',
    }),
    opening: `Hello, this is Anna. ${disclosure} Does your appointment on Tuesday at ten still suit you?`,
    scene: { language: 'en', agentName: 'Anna', disclosure, windows: alwaysOpen, zones: ['Europe/London'] },
    tools: ['end_call', 'schedule_callback'],
    recall: async () => [],
    noInputMs: 7000,
    longestMs: 180_000,
    agree: async (agreement) => say(`${' '.repeat(18)}agreed: ${JSON.stringify(agreement)}`),
    onWords: () => undefined,
    onTurn(turn) {
      print(turn);
      if (turn.speaker === 'agent') waitsForAnswer = false;
    },
    log,
  });
  conversation.prepare();
  // the phone rings
  await sleep(3000);

  let playing: Int16Array | undefined;
  let waitsForAnswer = true;
  let at = 0;
  const silence = new Int16Array(FRAME_SAMPLES);
  const startedAt = performance.now();
  let frames = 0;
  const clock = setInterval(() => {
    for (; frames < (performance.now() - startedAt) / FRAME_MS; frames += 1) {
      if (!playing && !waitsForAnswer && performance.now() > line.speaksUntil() + POLITE_MS) {
        playing = speech.shift();
        at = 0;
      }
      const frame = playing?.subarray(at, at + FRAME_SAMPLES);
      at += FRAME_SAMPLES;
      if (playing && at >= playing.length) {
        playing = undefined;
        waitsForAnswer = true;
      }
      conversation.hear(frame?.length === FRAME_SAMPLES ? frame : silence);
    }
  }, FRAME_MS);
  void conversation.open();
  await conversation.ended;
  clearInterval(clock);
  conversation.close();
} finally {
  await Promise.all(Object.values(engines).map(async ({ stop }) => stop()));
}
