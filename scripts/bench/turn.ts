/**
 * Turns over real SIP with the real engines, one call at a time, measured where a callee would: in the far end's
 * recording of both sides.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { FRAME_SAMPLES, SPEECH_RATE } from '../../src/audio/format.ts';
import { framer } from '../../src/audio/frames.ts';
import { resampler } from '../../src/audio/resample.ts';
import { endpointer } from '../../src/conversation/endpointing.ts';
import type { SpokenTurn, TurnLatency } from '../../src/conversation/transcript.ts';
import { bothFile, readFarEndRecords } from '../../src/native/far-end.ts';
import type { Say } from '../../src/native/cache.ts';
import { fetchModel } from '../../src/native/models.ts';
import { preparePiper } from '../../src/native/piper.ts';
import { defaultRetryPolicy } from '../../src/campaign/retry.ts';
import { alwaysOpen } from '../../src/schedule/windows.ts';
import { loadSilero } from '../../src/speech/silero.ts';
import { startPiper } from '../../src/speech/piper.ts';
import { letSay } from '../callee.ts';
import { sideOf, stretches } from '../stretches.ts';
import { type World, startWorld } from '../world.ts';
import { percentiles } from './percentiles.ts';
import { processorSeconds } from './processor.ts';
import { PAUSE_MS, RECORDING_RATE, STOP_MS, bargeIns, wireTurns } from './wire.ts';

/** What a callee asks, in this order, beginning anywhere. */
const QUESTIONS = [
  'Where can I park my car?',
  'How long will the appointment take?',
  'Do I have to bring anything with me?',
  'Can I pay by card?',
  'Is there a bus that stops nearby?',
  'Which dentist will I see?',
  'Does my insurance pay for that?',
  'Are you open on Saturdays?',
  'Can my daughter come with me?',
];
const PERSONA =
  'You are the friendly assistant of Harbour Dental. Parking is free behind the house, in Quay Street. ' +
  'A check-up takes half an hour, with Doctor Miller. People bring their insurance card, which pays for most. ' +
  'Cash and cards are taken. The bus stops at the harbour. The practice is open from Monday to Friday.';
const TURNS_PER_CALL = 6;
/** Of this many calls one is a callee who cuts in. */
const CUTS_IN_EVERY = 4;
const CITIES = [113, 114, 116, 117, 118, 121, 131, 141, 151, 161];
const POLL_MS = 1000;
/** The recording and the transcript begin with the answer, each by its own clock. */
const SAME_TURN_MS = 1500;
const FRAME_MS = 20;
/** A voice that fades is quiet to us, or to the detector, a little earlier. */
const LAG_MS = 100;

/** How a turn's time went by, in milliseconds; together they are what the callee waited. */
interface Stages {
  readonly endpointing: number;
  readonly transcription: number;
  readonly llm_first_token: number | null;
  readonly first_clause: number | null;
  readonly tts_first_audio: number;
  readonly playout: number | null;
}

/** A turn on the wire, with what the agent's own clock says of it where it was kept. */
interface Measured {
  readonly answeredMs: number;
  /** By how much later than it was voice detection sees the end of the callee's speech. */
  readonly lagMs: number;
  readonly latency: TurnLatency | null;
}

const say: Say = (line) => void process.stderr.write(`${line}\n`);

/** Measures at least `turns` turns. */
export async function benchTurn(turns: number): Promise<Readonly<Record<string, unknown>>> {
  const world = await startWorld({
    say,
    log: pino({ level: process.env['CARILLON_LOG'] ?? 'silent' }),
    env: {},
  });
  try {
    const numbers = await letCallersAsk(world, Math.ceil(turns / TURNS_PER_CALL));
    const before = await processorSeconds();
    await callAll(world, numbers);
    const after = await processorSeconds();
    const calls = await Promise.all((await endedCalls(world)).map(async (call) => measure(world, call)));
    const measured = calls.flatMap((call) => call.turns);
    const used = Object.entries(after).map(([name, seconds]): [string, number] => [
      name,
      Math.round((100 * (seconds - (before[name] ?? 0))) / measured.length) / 100,
    ]);
    return {
      ...summary(measured),
      first_word_ms: percentiles(
        calls.flatMap(({ firstWord }) => firstWord),
        [50, 95],
      ),
      barge_in_ms: percentiles(
        calls.flatMap(({ barges }) => barges),
        [50, 95],
      ),
      barge_ins: calls.flatMap(({ barges }) => barges).length,
      calls: calls.length,
      processor_s_per_turn: Object.fromEntries(used),
    };
  } finally {
    await world.stop();
  }
}

const STAGES = [
  'endpointing',
  'transcription',
  'llm_first_token',
  'first_clause',
  'tts_first_audio',
  'playout',
] as const;

function summary(measured: readonly Measured[]): Readonly<Record<string, unknown>> {
  const staged = measured.flatMap((turn) => (turn.latency ? [stagesOf(turn, turn.latency)] : []));
  const of = (name: (typeof STAGES)[number]): number[] => staged.flatMap((stages) => stages[name] ?? []);
  return {
    turns: measured.length,
    voice_to_voice_ms: percentiles(
      measured.map(({ answeredMs }) => answeredMs),
      [50, 95],
    ),
    overhead_ms: percentiles(of('playout'), [50, 95]),
    stages: Object.fromEntries(STAGES.map((name) => [name, percentiles(of(name), [50, 95])])),
    staged: staged.length,
    bridged: staged.filter(({ playout }) => playout === null).length,
    answer_ms: percentiles(
      measured.flatMap(({ latency }) => latency?.voiceToVoiceMs ?? []),
      [50, 95],
    ),
  };
}

/**
 * The first 200 ms of quiet belong to the endpointing, and how late voice detection sees them begin, and whatever holds
 * an answer back that is ready. Where a filler bridges the wait the callee hears that first: there is no playout of the
 * answer to measure.
 */
function stagesOf({ answeredMs, lagMs }: Measured, latency: TurnLatency): Stages {
  const { transcribedMs, firstWordMs, firstClauseMs, firstAudioMs, committedMs, filledMs } = latency;
  const heldMs = Math.max(0, committedMs - firstAudioMs);
  return {
    endpointing: QUIET_MS + lagMs + heldMs,
    transcription: transcribedMs - QUIET_MS,
    llm_first_token: firstWordMs === null ? null : firstWordMs - transcribedMs,
    first_clause: firstWordMs === null ? null : firstClauseMs - firstWordMs,
    tts_first_audio: firstAudioMs - firstClauseMs,
    playout: filledMs === null ? answeredMs - lagMs - firstAudioMs - heldMs : null,
  };
}
const QUIET_MS = 200;

/** When the agent's voice detection takes the callee to have fallen silent, with the same audio again. */
async function heardEnds(callee: Int16Array): Promise<readonly number[]> {
  const detector = (await loadSilero(await fetchModel('silero_vad.onnx', say))).detector();
  const ends = endpointer();
  const up = resampler(RECORDING_RATE, SPEECH_RATE);
  const frames = framer(FRAME_SAMPLES);
  const found: number[] = [];
  let atMs = 0;
  for (const frame of up.push(callee).flatMap((chunk) => frames.push(chunk))) {
    atMs += FRAME_MS;
    for (const { type, ms } of ends.push(await detector.push(frame)))
      if (type === 'quiet' && ms === QUIET_MS) found.push(atMs - QUIET_MS);
  }
  return found;
}

/** Has the far end's callees ask their questions; returns their numbers. */
async function letCallersAsk({ farEnd }: World, calls: number): Promise<readonly string[]> {
  const piper = await startPiper(await preparePiper(say), 1);
  const numbers: string[] = [];
  for (let call = 0; call < calls; call += 1) {
    const code = call % CUTS_IN_EVERY === CUTS_IN_EVERY - 1 ? '73' : '72';
    // The phone rings for five or six seconds, as phones do: the model reads its instructions meanwhile.
    const number = `+44${CITIES[call % CITIES.length]}4960${5 - Math.floor(call / CITIES.length)}${code}`;
    const asked = Array.from(
      { length: TURNS_PER_CALL },
      (_, i) => QUESTIONS[(call + i) % QUESTIONS.length] ?? '',
    );
    await letSay(farEnd, piper, { number, sentences: ['Hello?', ...asked, 'Thank you, goodbye.'] });
    numbers.push(number);
  }
  await piper.close();
  return numbers;
}

async function callAll({ api, trunk }: World, numbers: readonly string[]): Promise<void> {
  await api.call('POST', '/trunks', trunk);
  const agent = await api.call<{ id: string }>('POST', '/agents', {
    name: 'Anna',
    persona: PERSONA,
    greeting:
      'Hello, this is Anna, the AI assistant of Harbour Dental. Do you have any questions about your appointment?',
    objective: 'Answer the questions of the person about their appointment.',
    noInputSeconds: 20,
  });
  const campaign = await api.call<{ id: string }>('POST', '/campaigns', {
    name: 'Turns',
    agentId: agent.id,
    trunkId: 'far-end',
    windows: alwaysOpen,
    retry: defaultRetryPolicy,
    maxConcurrent: 1,
    minGapSeconds: 0,
  });
  for (const number of numbers)
    await api.call('POST', `/campaigns/${campaign.id}/leads`, { contact: { numbers: [number] } });
  await api.call('POST', `/campaigns/${campaign.id}/start`);
  for (let state = 'active'; state !== 'completed';) {
    await sleep(POLL_MS);
    ({ state } = await api.call<{ state: string }>('GET', `/campaigns/${campaign.id}`));
  }
  // The far end writes its records a moment after the calls.
  await sleep(2 * POLL_MS);
  const calls = await api.list<Call>(`/calls?campaignId=${campaign.id}`);
  if (calls.length !== numbers.length) throw new Error(`${calls.length} calls for ${numbers.length} numbers`);
}

interface Call {
  readonly id: string;
  readonly number: string;
}

const endedCalls = async ({ api }: World): Promise<readonly Call[]> => api.list<Call>('/calls');

async function measure(
  { api, farEnd }: World,
  call: Call,
): Promise<{ turns: readonly Measured[]; firstWord: readonly number[]; barges: readonly number[] }> {
  const record = (await readFarEndRecords(farEnd.recordsFolder)).find(({ dialed }) => dialed === call.number);
  if (!record) throw new Error('The far end has not seen the call.');
  const file = await readFile(join(farEnd.recordingsFolder, bothFile(record)));
  const both = new Int16Array(file.buffer, file.byteOffset, file.length / 2);
  const [agentSide, calleeSide] = [sideOf(both, 0), sideOf(both, 1)];
  const callee = stretches(calleeSide, RECORDING_RATE, PAUSE_MS);
  const [hello, ...wire] = wireTurns(callee, stretches(agentSide, RECORDING_RATE, PAUSE_MS));
  const heard = await heardEnds(calleeSide);
  const { turns } = await api.call<{ turns: SpokenTurn[] }>('GET', `/calls/${call.id}/transcript`);
  const answers = turns.flatMap(({ atMs, latency }) =>
    latency ? [{ latency, endMs: atMs - latency.voiceToVoiceMs }] : [],
  );
  return {
    turns: wire.flatMap(({ endMs, answeredMs }) => {
      if (answeredMs === null) return [];
      const lagMs = (heard.find((atMs) => atMs > endMs - LAG_MS) ?? endMs) - endMs;
      const kept = answers.find((answer) => Math.abs(answer.endMs - endMs) < SAME_TURN_MS);
      return [{ answeredMs, lagMs, latency: kept?.latency ?? null }];
    }),
    firstWord: hello?.answeredMs === null || !hello ? [] : [hello.answeredMs],
    barges: bargeIns(callee, stretches(agentSide, RECORDING_RATE, STOP_MS)),
  };
}
