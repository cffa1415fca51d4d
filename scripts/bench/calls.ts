/**
 * Many conversations at once over real SIP: our Asterisk, the far end's, PostgreSQL and the whole engine on one machine.
 * Ears, head and mouth are a process of their own that answers at once, so that what is measured is all that Carillon does
 * itself: signalling, media both ways, voice detection, turns, recordings. A callee talks for two fifths of the call.
 *
 * A frame is late by the time from the beat of its call to when voice detection is through with it, the last that is done
 * with a frame. The beat is 20 ms, put as early as the earliest frame of five seconds allows: what Asterisk and the far
 * end add counts too. `sent_gap_ms` are holes in the agent's speech as the far end has recorded it, `loop_ms` how late this
 * process alone was.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { link, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'kysely';
import { pino } from 'pino';
import { FRAME_SAMPLES, SPEECH_RATE } from '../../src/audio/format.ts';
import { resampler } from '../../src/audio/resample.ts';
import { rmsDbfs } from '../../src/audio/levels.ts';
import { readWav } from '../../src/audio/wav.ts';
import type { SpeechDetector } from '../../src/conversation/engines.ts';
import { type Connection, openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { startEngine } from '../../src/engine/engine.ts';
import { createLiveFeed } from '../../src/engine/live.ts';
import { createMeter } from '../../src/engine/metrics.ts';
import { seal } from '../../src/engine/secret.ts';
import { openaiChat } from '../../src/llm/openai.ts';
import { type RunningAsterisk, startAsterisk } from '../../src/native/asterisk.ts';
import type { Say } from '../../src/native/cache.ts';
import { spokenFile } from '../../src/native/far-end.ts';
import { workingFolder } from '../../src/native/folder.ts';
import { fetchModel } from '../../src/native/models.ts';
import { preparePiper } from '../../src/native/piper.ts';
import { startPostgres } from '../../src/native/postgres.ts';
import { goFirst } from '../../src/native/priority.ts';
import { openaiSpeech } from '../../src/speech/openai-speech.ts';
import { startPiper } from '../../src/speech/piper.ts';
import { remembering } from '../../src/speech/remembering.ts';
import { loadSilero } from '../../src/speech/silero.ts';
import { whisper } from '../../src/speech/whisper.ts';
import { seedActiveCampaign } from '../../test/support/seed-dialing.ts';
import { letPlay } from '../callee.ts';
import { percentiles } from './percentiles.ts';

const CALLS = Number(process.env['CALLS'] ?? 500);
/** After so many, code is warm and pools are as large as they get: memory is compared with then. */
const FIRST = Number(process.env['FIRST'] ?? 100);
const AT_ONCE = Number(process.env['AT_ONCE'] ?? 60);
const SAMPLE_MS = 500;
const FRAME_MS = (1000 * FRAME_SAMPLES) / SPEECH_RATE;
const TELEPHONE_RATE = 8000;
const BEAT_FRAMES = 5000 / FRAME_MS;
/** Until then the far end begins to speak, and falls into its beat. */
const SETTLES_FRAMES = 2000 / FRAME_MS;
const REMEMBERED_SAMPLES = 10 * 60 * SPEECH_RATE;
/** Far-end code: plays its recording, and waits for our hang-up. */
const CODE = '72';
const question = 'I would like to know where I can park my car when I come to see you on Tuesday morning.';
/** What a callee says, and for how many seconds they are silent then; a far end that begins another recording is late. */
const sentences = [
  ['Hello?', 7],
  [question, 5],
  [question, 10],
] as const;
const numbers = Array.from(
  { length: CALLS },
  (_, index) => `+4420791${String(index).padStart(3, '0')}${CODE}`,
);

/** Runs all calls, so many at once, and says how late frames were and what memory they took. */
export async function benchCalls(): Promise<Readonly<Record<string, unknown>>> {
  const folder = await workingFolder();
  const engines = fork(join(import.meta.dirname, 'instant-engines.ts'));
  const [url] = (await once(engines, 'message')) as [string];
  const farEnd = await startAsterisk({ role: 'far-end', folder: join(folder.path, 'far-end'), say });
  const own = await startAsterisk({ role: 'carillon', folder: join(folder.path, 'carillon'), say });
  const postgres = await startPostgres({ folder: join(folder.path, 'postgres'), say, durable: true });
  const db = openDatabase(postgres.url, (error) => say(error.message));
  try {
    await migrate(db, postgres.url);
    await letAllSay(farEnd);
    return await run({ db, own, farEnd, url, folder: folder.path });
  } finally {
    await db.destroy();
    await postgres.stop();
    await own.stop();
    await farEnd.stop();
    engines.disconnect();
    await folder.remove();
  }
}

const say: Say = (line) => void process.stderr.write(`${line}\n`);
const secretKey = new Uint8Array(32);

async function run(on: {
  readonly db: Connection;
  readonly own: RunningAsterisk;
  readonly farEnd: RunningAsterisk;
  readonly url: string;
  readonly folder: string;
}): Promise<Readonly<Record<string, unknown>>> {
  const { db, own, farEnd, url } = on;
  await addTrunk(db, farEnd);
  const silero = await loadSilero(await fetchModel('silero_vad.onnx', say));
  const lateness = createLateness();
  const live = createLiveFeed();
  const engine = await startEngine({
    db,
    asterisk: { url: own.ariUrl, user: own.ariUser, password: own.ariPassword },
    pbx: 'bench',
    voices: remembering(openaiSpeech(url), REMEMBERED_SAMPLES),
    talk: {
      chat: openaiChat({ url, model: 'instant', key: undefined, tools: 'native' }),
      transcriber: (language) => whisper({ url, language, settings: 'plain' }),
      detector: () => lateness.watch(silero.detector()),
    },
    reader: null,
    readsInSpareTime: true,
    canTalk: () => true,
    talkSlots: AT_ONCE,
    ears: (language) => whisper({ url, language, settings: 'plain' }),
    secretKey,
    recordingsFolder: join(on.folder, 'recordings'),
    live,
    log: pino({ level: process.env['CARILLON_LOG'] ?? 'warn' }, process.stderr),
    meter: createMeter(),
  });
  const talk = async (some: readonly string[]): Promise<void> => {
    const completed = new Promise<void>((resolve) => {
      live.subscribe((event) => {
        if (event.type === 'campaign' && event.state === 'completed') resolve();
      });
    });
    // No fewer at once when answers come late: that is what shall show.
    const campaign = { maxConcurrent: AT_ONCE, turnTargetMs: 10_000 };
    const greeting = 'Hello, this is Anna of Harbour Dental. What can I do for you?';
    await seedActiveCampaign(db, { numbers: some, trunkId: 'far-end', greeting, talks: true, campaign });
    engine.wake();
    await completed;
  };

  await goFirst();
  const idle = settledMemory();
  await talk(numbers.slice(0, FIRST));
  lateness.restart();
  const first = settledMemory();
  const load = watchLoad(() => engine.calls.running().length);
  await talk(numbers.slice(FIRST));
  const { calls, busyBytes, loop, cores } = load.stop();
  const lateMs = lateness.read();
  // What was noted here is no growth of Carillon's.
  lateness.restart();
  const last = settledMemory();
  await engine.stop(0);

  const outcomes = await db
    .selectFrom('attempts')
    .select(['disposition', sql<number>`count(*)::int`.as('count')])
    .groupBy('disposition')
    .execute();
  return {
    calls,
    late_ms: lateMs,
    rss_per_call_kb: kb((busyBytes - idle.rss) / calls),
    rss_growth_kb: kb(last.rss - first.rss),
    live_growth_kb: kb(last.live - first.live),
    calls_in_all: CALLS,
    outcomes: Object.fromEntries(outcomes.map(({ disposition, count }) => [disposition, count])),
    sent_gap_ms: await gapsOf(farEnd),
    loop_ms: loop,
    cores,
    rss_idle_kb: kb(idle.rss),
  };
}

async function addTrunk(db: Connection, farEnd: RunningAsterisk): Promise<void> {
  await db
    .insertInto('trunks')
    .values({
      id: 'far-end',
      name: 'Far end',
      host: '127.0.0.1',
      port: farEnd.sipPort,
      username: farEnd.trunkUser,
      password: seal(secretKey, 'far-end', farEnd.trunkPassword),
      callerIds: ['+442079460000'],
      allowedPrefixes: ['+44'],
      channels: AT_ONCE,
      callsPerSecond: 4,
    })
    .execute();
}

/** One callee's words for all of them. */
async function letAllSay(farEnd: RunningAsterisk): Promise<void> {
  const [model = '', ...others] = numbers;
  const piper = await startPiper(await preparePiper(say), 1);
  const parts: Int16Array[] = [];
  for (const [sentence, silentSeconds] of sentences) {
    const toTelephone = resampler(SPEECH_RATE, TELEPHONE_RATE);
    for await (const chunk of piper.speak(sentence, AbortSignal.timeout(30_000)))
      parts.push(...toTelephone.push(chunk));
    parts.push(...toTelephone.flush(), new Int16Array(silentSeconds * TELEPHONE_RATE));
  }
  await piper.close();
  await letPlay(farEnd, { number: model, turn: 0, parts });
  for (const number of others)
    await link(spokenFile(farEnd, { number: model, turn: 0 }), spokenFile(farEnd, { number, turn: 0 }));
}

/** Watches when voice detection is through with each frame of each call. */
function createLateness() {
  let late: number[] = [];
  return {
    watch(detector: SpeechDetector): SpeechDetector {
      let times: number[] = [];
      let unsettled = SETTLES_FRAMES;
      return {
        async push(frame) {
          const probability = await detector.push(frame);
          if (unsettled > 0) {
            unsettled -= 1;
            return probability;
          }
          times.push(performance.now());
          if (times.length === BEAT_FRAMES) {
            late.push(...latenessOf(times));
            times = [];
          }
          return probability;
        },
      };
    },
    restart: () => void (late = []),
    read: () => percentiles(late, [50, 95, 99]),
  };
}

function latenessOf(times: readonly number[]): number[] {
  const offBeat = times.map((time, n) => time - n * FRAME_MS);
  const beat = Math.min(...offBeat);
  return offBeat.map((time) => time - beat);
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Memory and processor, and how many calls went on, while they were most. */
function watchLoad(running: () => number) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.cpuUsage();
  const from = performance.now();
  const seen: { readonly calls: number; readonly rss: number }[] = [];
  const timer = setInterval(() => seen.push({ calls: running(), rss: process.memoryUsage.rss() }), SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      delay.disable();
      const { user, system } = process.cpuUsage(before);
      const most = Math.max(...seen.map(({ calls }) => calls));
      const busiest = seen.filter(({ calls }) => calls >= 0.9 * most);
      const ms = (percent: number): number => Math.round(delay.percentile(percent) / 1e4) / 100;
      return {
        calls: medianOf(busiest.map(({ calls }) => calls)),
        busyBytes: medianOf(busiest.map(({ rss }) => rss)),
        loop: { p50: ms(50), p99: ms(99) },
        cores: Math.round((user + system) / 10 / (performance.now() - from)) / 100,
      };
    },
  };
}

/** Bytes after what nobody needs any more was given up: of the process, and of what is still in use in it. */
function settledMemory(): { readonly rss: number; readonly live: number } {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let times = 0; times < 3; times += 1) collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, live: heapUsed + external };
}

const kb = (bytes: number): number => Math.round(bytes / 1024);

/** Milliseconds without sound within the agent's speech, by the far end's recordings, and of how much speech. */
async function gapsOf(farEnd: RunningAsterisk): Promise<Readonly<Record<string, number>>> {
  const files = (await readdir(farEnd.recordingsFolder)).filter((name) => name.endsWith('.wav'));
  let [gaps, spoken, calls] = [0, 0, 0];
  for (const name of files) {
    const { samples, sampleRate } = readWav(await readFile(join(farEnd.recordingsFolder, name)));
    const frame = sampleRate / 50;
    let quiet = Infinity;
    let own = 0;
    for (let at = 0; at + frame <= samples.length; at += frame) {
      if (rmsDbfs(samples.subarray(at, at + frame)) < -45) quiet += FRAME_MS;
      else {
        spoken += FRAME_MS;
        if (quiet > 0 && quiet < 300) own += quiet;
        quiet = 0;
      }
    }
    gaps += own;
    if (own > 0) calls += 1;
  }
  return { gaps, spoken, calls };
}
