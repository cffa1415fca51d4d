/**
 * F23, F24: each engine of a conversation breaks in mid-call, in each way, over real SIP. Voice detection, PBX, trunk and
 * far end are real; ears, head and mouth are a scripted server, since a fault must come when the callee speaks. All calls
 * go on at once; each has a language of its own, by which the server knows it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFailed, test, vi } from 'vitest';
import { letSay } from '../../scripts/callee.ts';
import { type Stretch, sideOf, stretches } from '../../scripts/stretches.ts';
import { type World, startWorld } from '../../scripts/world.ts';
import { type Wav, readWav } from '../../src/audio/wav.ts';
import { phrasesOf } from '../../src/conversation/phrases.ts';
import type { SpokenTurn } from '../../src/conversation/transcript.ts';
import { type FarEndRecord, heardFile, readFarEndRecords, spokenFile } from '../../src/native/far-end.ts';
import { preparePiper } from '../../src/native/piper.ts';
import { alwaysOpen } from '../../src/schedule/windows.ts';
import { type Piper, startPiper } from '../../src/speech/piper.ts';
import { type CallBody, dramaNumberIn, neverAgain, until } from '../support/campaign.ts';
import { freshDatabaseUrl } from '../support/database.ts';
import {
  type Plan,
  type ScriptedEngines,
  faults,
  spokenMs,
  startScriptedEngines,
} from '../support/scripted-engines.ts';

const silent = (): void => undefined;
const { sorry, optedOut, fillers } = phrasesOf.en;
const sentences = ['Hello?', 'Where can I park my car?'] as const;
const parking: Plan = { said: sentences[1], answer: 'It is free behind the house.' };
const offTheList: Plan = { ...parking, said: 'Please take me off your list.' };

/** The agent has no phrases in these languages: it keeps to English. */
const languages = ['it', 'nl', 'pl', 'sv', 'da', 'fi', 'cs', 'hu', 'ro', 'pt', 'el', 'tr'];
const cells = (['ears', 'head', 'mouth'] as const)
  .flatMap((engine) => faults.map((fault) => [engine, fault] as const))
  .map(([engine, fault], index) => ({ engine, fault, language: languages[index] ?? '' }));
const plans: Readonly<Record<string, Plan>> = {
  ...Object.fromEntries(
    cells.map(({ language, engine, fault }) => [language, { ...parking, breaks: [engine, fault] }]),
  ),
  et: parking,
  lv: { ...offTheList, breaks: ['head', 'stalls'] },
  lt: { ...offTheList, breaks: ['mouth', 'says 500'] },
  sk: { ...parking, breaks: ['ears', 'stalls'] },
};
const cities = [113, 114, 116, 117, 118, 121, 131, 141, 151, 161];
/** Code 70 asks its question when the agent has been silent for 8 s; code 03 presses 9 into the greeting. */
const numbers = Object.fromEntries(
  Object.keys(plans).map((language, index) => {
    const digits = `${Math.floor(index / cities.length) * 6}${language === 'sk' ? '03' : '70'}`;
    return [language, dramaNumberIn(cities[index % cities.length] ?? 113, digits)];
  }),
);
const PATIENCE_MS = 8000;
/** What the far end's own steps and a busy machine may add to what we time ourselves. */
const MACHINE_MS = 300;

interface Outcome {
  readonly call: CallBody;
  readonly turns: readonly SpokenTurn[];
  /** What the far end heard, from its answer on. */
  readonly heard: readonly Stretch[];
  /** The same for both sides of our own recording. */
  readonly callee: readonly Stretch[];
  readonly agent: readonly Stretch[];
  /** Milliseconds from the far end's answer to the end of its call. */
  readonly endedMs: number;
}

const outcomes = new Map<string, Outcome>();
/** How long the callee's question takes. */
let questionMs = NaN;
let engines: ScriptedEngines;
let world: World;
let piper: Piper;

async function callIn(language: string): Promise<void> {
  const { api, farEnd } = world;
  const number = numbers[language] ?? '';
  await letSay(farEnd, piper, { number, sentences });
  const agent = await api.call<{ id: string }>('POST', '/agents', {
    name: 'Anna',
    greeting: 'Hello, this is Anna, an AI assistant. What can I do for you?',
    language,
    voice: language,
    // The far end speaks after eight seconds of silence.
    noInputSeconds: 12,
    maxCallSeconds: 90,
  });
  const campaign = await api.call<{ id: string }>('POST', '/campaigns', {
    name: language,
    agentId: agent.id,
    trunkId: 'far-end',
    windows: alwaysOpen,
    retry: neverAgain,
    minGapSeconds: 0,
  });
  await api.call('POST', `/campaigns/${campaign.id}/leads`, { contact: { numbers: [number] } });
  await api.call('POST', `/campaigns/${campaign.id}/start`);
  const [call] = await until(
    async () => api.list<CallBody>(`/calls?campaignId=${campaign.id}`),
    (calls) => calls[0]?.state === 'ended',
  );
  if (!call) throw new Error('there is no call');
  const { turns } = await api.call<{ turns: SpokenTurn[] }>('GET', `/calls/${call.id}/transcript`);
  const record = await until(
    async () => (await readFarEndRecords(farEnd.recordsFolder)).find(({ dialed }) => dialed === number),
    (found) => found !== undefined,
  );
  const file = join(call.reservedAt.slice(0, 10), `${call.id}.wav`);
  const ours = readWav(await readFile(join(world.folder, 'carillon', 'recordings', file)));
  const side = (which: 0 | 1): readonly Stretch[] =>
    soundIn({ ...ours, samples: sideOf(ours.samples, which) });
  outcomes.set(language, {
    call,
    turns,
    heard: soundIn(readWav(await readFile(join(farEnd.recordingsFolder, heardFile(record as FarEndRecord))))),
    callee: side(0),
    agent: side(1),
    endedMs: (record?.endedAt ?? NaN) - (record?.answeredAt ?? NaN),
  });
}

/** A pause as between two clauses divides nothing. */
const soundIn = ({ samples, sampleRate }: Pick<Wav, 'samples' | 'sampleRate'>): readonly Stretch[] =>
  stretches(samples, sampleRate, 500);

const lengthOf = (stretch: Stretch | undefined): number => (stretch ? stretch.untilMs - stretch.fromMs : NaN);

function outcomeOf(language: string): Outcome {
  const outcome = outcomes.get(language);
  if (!outcome) throw new Error(`there was no call in ${language}`);
  onTestFailed(() => void process.stderr.write(`${JSON.stringify({ ...outcome, questionMs })}\n`));
  return outcome;
}

/** The agent is heard within 1.2 s of the callee's question, by our own recording and at the far end. */
function expectNoSilence({ heard, callee, agent }: Outcome): void {
  const answered = agent.find(({ fromMs }) => fromMs > (callee.at(-1)?.untilMs ?? Infinity));
  expect(answered?.fromMs).toBeLessThanOrEqual((callee.at(-1)?.untilMs ?? NaN) + 1200);
  const asked = (heard[0]?.untilMs ?? NaN) + PATIENCE_MS + questionMs;
  expect(heard[1]?.fromMs).toBeGreaterThan(asked);
  expect(heard[1]?.fromMs).toBeLessThanOrEqual(asked + 1200 + MACHINE_MS);
}

function expectLastWords({ heard, agent, turns, endedMs }: Outcome, words: string): void {
  expect(turns.at(-1)).toMatchObject({ speaker: 'agent', text: words, interrupted: false });
  expect(lengthOf(agent.at(-1)) / spokenMs(words)).toBeCloseTo(1, 1);
  expect(heard).toHaveLength(agent.length);
  expect(endedMs).toBeLessThanOrEqual((heard.at(-1)?.untilMs ?? NaN) + 1500);
}

const dncEntries = async (language: string) =>
  world.api.list<{ source: string; reason: string }>(
    `/dnc?number=${encodeURIComponent(numbers[language] ?? '')}`,
  );

const databaseUrl = await freshDatabaseUrl();
beforeAll(async () => {
  engines = await startScriptedEngines(plans);
  vi.stubEnv('DATABASE_URL', databaseUrl);
  world = await startWorld({
    say: silent,
    log: pino({ level: process.env['CARILLON_LOG'] ?? 'silent' }),
    env: {
      CARILLON_LLM_URL: engines.url,
      CARILLON_LLM_MODEL: 'scripted',
      CARILLON_STT_URL: engines.url,
      CARILLON_TTS_URL: engines.url,
    },
  });
  piper = await startPiper(await preparePiper(silent), 1);
  // One after another: two cores are not to do the same for all of them at the same moment.
  await world.api.call('POST', '/trunks', { ...world.trunk, callsPerSecond: 1 });
  await Promise.all(Object.keys(plans).map(callIn));
  const question = spokenFile(world.farEnd, { number: numbers['et'] ?? '', turn: 1 });
  questionMs = soundIn(readWav(await readFile(question))).at(-1)?.untilMs ?? NaN;
}, 300_000);
afterAll(async () => {
  await piper.close();
  await world.stop();
  engines.close();
});

test('engines that are well: the callee is answered, without a filler', () => {
  const outcome = outcomeOf('et');
  expectNoSilence(outcome);
  expect(lengthOf(outcome.agent[1]) / spokenMs(parking.answer)).toBeCloseTo(1, 1);
  expect(outcome.turns[2]).toMatchObject({ speaker: 'agent', text: parking.answer });
});

describe('F23, F24: when the callee asks something', () => {
  test.each(cells)('and the $engine $fault: it is asked once more, and the call ends politely', (cell) => {
    const { language, engine, fault } = cell;
    const outcome = outcomeOf(language);
    // Ears are asked in mid-sentence, too: a second of speech is overheard once, and not again where that fails.
    expect(engines.asked(language, engine)).toBe(engine === 'ears' ? 3 : 2);
    expectNoSilence(outcome);
    // A mouth that fails at once is known to before the callee has waited for long.
    const isLate = engine !== 'mouth' || fault === 'stalls';
    expect(outcome.heard).toHaveLength(isLate ? 3 : 2);
    if (isLate) expect(lengthOf(outcome.agent[1]) / spokenMs(fillers[0] ?? '')).toBeCloseTo(1, 1);
    expectLastWords(outcome, sorry);
    expect(outcome.call.disposition).toBe('answered');
  });
});

describe('I4: an opt-out', () => {
  test.each([
    ['a head that stalls', 'lv'],
    ['a mouth that fails', 'lt'],
  ])('in words needs none of %s, and is acknowledged', async (_what, language) => {
    const outcome = outcomeOf(language);
    expect(await dncEntries(language)).toMatchObject([{ source: 'callee', reason: offTheList.said }]);
    expect(outcome.call.disposition).toBe('dnc_request');
    expectNoSilence(outcome);
    expectLastWords(outcome, optedOut);
    expect(engines.asked(language, 'head') + engines.asked(language, 'mouth')).toBe(0);
  });

  test('by a key needs no ears', async () => {
    const { call, turns } = outcomeOf('sk');
    expect(await dncEntries('sk')).toMatchObject([{ source: 'callee', reason: 'pressed 9' }]);
    expect(call.disposition).toBe('dnc_request');
    expect(turns.at(-1)).toMatchObject({ speaker: 'agent', text: optedOut });
  });
});
