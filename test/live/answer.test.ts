/** Who or what answers, over real SIP: each class is dialed at the far end and comes to its disposition and its retry. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stretches } from '../../scripts/stretches.ts';
import { type World, startWorld } from '../../scripts/world.ts';
import { DEFAULT_THRESHOLDS } from '../../src/answer/classify.ts';
import type { AnswerClass } from '../../src/answer/verdict.ts';
import { rmsDbfs } from '../../src/audio/levels.ts';
import { readWav } from '../../src/audio/wav.ts';
import type { Disposition } from '../../src/call/disposition.ts';
import { defaultRetryPolicy } from '../../src/campaign/retry.ts';
import {
  type FarEndCode,
  type FarEndRecord,
  farEndBehaviours,
  heardFile,
  messageFile,
  readFarEndRecords,
} from '../../src/native/far-end.ts';
import { preparePiper } from '../../src/native/piper.ts';
import { alwaysOpen } from '../../src/schedule/windows.ts';
import { startPiper } from '../../src/speech/piper.ts';

interface Lead {
  readonly number: string;
  readonly state: string;
  readonly nextAt: string | null;
  readonly attempts: number;
  readonly disposition: Disposition | null;
}
interface Call {
  readonly id: string;
  readonly number: string;
  readonly endedAt: string | null;
}
interface CallDetail extends Call {
  readonly evidence: { readonly verdict?: { readonly class: AnswerClass } } | null;
}

/** The verdict that lasts and what it means, by who or what is rung. */
const expected: Readonly<
  Partial<Record<FarEndCode, { readonly verdict: AnswerClass; readonly disposition: Disposition }>>
> = {
  '01': { verdict: 'human', disposition: 'answered' },
  '02': { verdict: 'human', disposition: 'answered' },
  '05': { verdict: 'silence', disposition: 'no_audio' },
  '06': { verdict: 'human', disposition: 'answered' },
  '10': { verdict: 'voicemail', disposition: 'voicemail' },
  '11': { verdict: 'fax_modem', disposition: 'fax' },
  '12': { verdict: 'sit_intercept', disposition: 'invalid_number' },
  '13': { verdict: 'ringback_after_answer', disposition: 'no_answer' },
  '14': { verdict: 'busy_after_answer', disposition: 'busy' },
  '15': { verdict: 'human', disposition: 'answered' },
  '16': { verdict: 'call_screening', disposition: 'voicemail' },
  '17': { verdict: 'ivr', disposition: 'voicemail' },
  '18': { verdict: 'mailbox_full', disposition: 'voicemail' },
  '19': { verdict: 'fax_modem', disposition: 'fax' },
  '30': { verdict: 'sit_vacant', disposition: 'invalid_number' },
  '31': { verdict: 'sit_reorder', disposition: 'network_error' },
  '32': { verdict: 'sit_no_circuit', disposition: 'network_error' },
  '33': { verdict: 'sit_reorder', disposition: 'network_error' },
  '35': { verdict: 'sit_vacant', disposition: 'invalid_number' },
  '34': { verdict: 'sit_vacant', disposition: 'invalid_number' },
};

const GREETING = 'Hello, this is Anna of Harbour Dental. I am calling about your visit tomorrow.';
const MESSAGE =
  'Hello, this is Anna of Harbour Dental, about your visit tomorrow. Please call us back. Thank you.';
/** The far end's phone rings for one second. */
const numberOf = (code: string): string => `+4411349600${code}`;
const CALLS_MS = 85_000;

/** Whose words tell what their voice does not; putting them into words takes a processor core. */
const byWords: readonly string[] = ['15', '16', '17', '18', '35'] satisfies FarEndCode[];

/** Ears without a head: these agents say their lines, and nobody asks the model. */
const HEARS_ONLY = { CARILLON_LLM_URL: 'http://127.0.0.1:9', CARILLON_LLM_MODEL: 'none' };

let world: World;
const leads: Lead[] = [];
const calls: Call[] = [];
let records: readonly FarEndRecord[];

beforeAll(async () => {
  world = await startWorld({ say: () => undefined, log: pino({ level: 'silent' }), env: HEARS_ONLY });
  const { api, trunk } = world;
  await api.call('POST', '/trunks', trunk);
  const agent = await api.call<{ id: string }>('POST', '/agents', {
    name: 'Anna',
    greeting: GREETING,
    voicemailMessage: MESSAGE,
    talks: false,
  });
  const codes = Object.keys(expected);
  await ring(
    agent.id,
    codes.filter((code) => !byWords.includes(code)),
    6,
  );
  await ring(agent.id, byWords, 2);
  // The far end writes its record a moment after the call.
  await vi.waitFor(async () => {
    records = await readFarEndRecords(world.farEnd.recordsFolder);
    expect(records).toHaveLength(calls.length);
  }, 5000);
}, 240_000);
afterAll(async () => world.stop());

/** Rings each code once, so many at a time, and keeps what came of it. */
async function ring(agentId: string, codes: readonly string[], maxConcurrent: number): Promise<void> {
  const { api } = world;
  const { id } = await api.call<{ id: string }>('POST', '/campaigns', {
    name: 'Everyone',
    agentId,
    trunkId: 'far-end',
    windows: alwaysOpen,
    retry: defaultRetryPolicy,
    maxConcurrent,
    minGapSeconds: 0,
    ringTimeoutSeconds: 15,
  });
  for (const code of codes)
    await api.call('POST', `/campaigns/${id}/leads`, { contact: { numbers: [numberOf(code)] } });
  await api.call('POST', `/campaigns/${id}/start`);
  const ended = await vi.waitFor(
    async () => {
      const now = await api.list<Lead>(`/campaigns/${id}/leads`);
      expect(now.filter(({ disposition }) => disposition === null)).toEqual([]);
      return now;
    },
    { timeout: CALLS_MS, interval: 500 },
  );
  leads.push(...ended);
  calls.push(...(await api.list<Call>(`/calls?campaignId=${id}`)));
}

describe.each(Object.entries(expected))('%s', (code, { verdict, disposition }) => {
  const behaviour = farEndBehaviours[code as FarEndCode];
  const call = (): Call | undefined => calls.find(({ number }) => number === numberOf(code));

  test(`${behaviour.name} is told as ${verdict}`, async () => {
    const { evidence } = await world.api.call<CallDetail>('GET', `/calls/${call()?.id}`);
    expect(evidence?.verdict?.class).toBe(verdict);
  });

  test(`${behaviour.name} comes to ${disposition} and its retry`, () => {
    const lead = leads.find(({ number }) => number === numberOf(code));
    expect(lead).toMatchObject({ disposition, attempts: 1 });
    const rule = Object.hasOwn(defaultRetryPolicy, disposition)
      ? defaultRetryPolicy[disposition as keyof typeof defaultRetryPolicy]
      : null;
    if (!rule) return expect(lead).toMatchObject({ state: 'done', nextAt: null });
    const waitsMs = Date.parse(lead?.nextAt ?? '') - Date.parse(call()?.endedAt ?? '');
    expect(Math.abs(waitsMs - 1000 * rule.afterSeconds)).toBeLessThan(5000);
  });
});

async function recordingOf(code: FarEndCode, nameOf: (record: FarEndRecord) => string): Promise<Int16Array> {
  const record = records.find(({ dialed }) => dialed === numberOf(code));
  if (!record) throw new Error(`The far end has not seen ${code}.`);
  return readWav(await readFile(join(world.farEnd.recordingsFolder, nameOf(record)))).samples;
}

test('the message starts after the beep and is whole in the far end’s recording', async () => {
  const [message, heard] = [await recordingOf('10', messageFile), await recordingOf('10', heardFile)];
  const spoken = stretches(message, 8000, 1500);
  expect(spoken).toHaveLength(1);
  const [{ fromMs, untilMs } = { fromMs: 0, untilMs: 0 }] = spoken;
  expect(fromMs).toBeGreaterThan(50);
  // All that we have said since the machine began to record, and nothing of it before.
  const said = stretches(heard, 8000, 1500).at(-1) ?? { fromMs: 0, untilMs: 0 };
  expect(Math.abs(said.untilMs - said.fromMs - (untilMs - fromMs))).toBeLessThan(150);

  const piper = await startPiper(await preparePiper(() => undefined), 1);
  const rendered = await Array.fromAsync(piper.speak(MESSAGE, AbortSignal.timeout(30_000)));
  await piper.close();
  const renderedMs = rendered.reduce((sum, { length }) => sum + length, 0) / 16;
  expect((untilMs - fromMs) / renderedMs).toBeGreaterThan(0.8);
  expect((untilMs - fromMs) / renderedMs).toBeLessThan(1.15);
  const level = rmsDbfs(message.subarray(fromMs * 8, untilMs * 8));
  const bytes = Buffer.concat(
    rendered.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
  const renderedLevel = rmsDbfs(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2));
  expect(Math.abs(level - renderedLevel)).toBeLessThan(3);
});

test('a human whose hello is long, or late, hears the greeting to its end', async () => {
  for (const code of ['02', '06'] as const) {
    const said = stretches(await recordingOf(code, heardFile), 8000, 1000);
    expect(said.some(({ fromMs, untilMs }) => untilMs - fromMs > 3500)).toBe(true);
  }
});

test('calls that people have corrected are judged anew with other thresholds, which are then saved', async () => {
  const { api, service } = world;
  for (const code of ['01', '02', '10'] as const) {
    const { id } = calls.find(({ number }) => number === numberOf(code)) ?? { id: '' };
    await api.call('PATCH', `/calls/${id}/verdict`, { class: expected[code]?.verdict, by: 'Maria' });
  }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['scripts/answer.ts', '--corrected', service.url, '--human', '0.999', '--save', 'far-end'],
    { env: { ...process.env, CARILLON_KEY: service.firstKey ?? '' } },
  );
  const shares = [...stdout.matchAll(/^Trunk far-end: 3 calls, .*machines taken for people (.*)$/gm)];
  expect(shares).toHaveLength(3);
  expect(await api.call('GET', '/trunks/far-end')).toMatchObject({
    answerThresholds: { human: 0.999, machine: DEFAULT_THRESHOLDS.machine },
  });
});
