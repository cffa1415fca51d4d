/**
 * F23, F24: each local engine of a conversation is killed in mid-call, over real SIP: the call goes on or ends politely,
 * the engine is started again, and the next call is a conversation as before.
 */
import { readFile, readdir } from 'node:fs/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import { letSay } from '../../scripts/callee.ts';
import { type World, startWorld } from '../../scripts/world.ts';
import { phrasesOf } from '../../src/conversation/phrases.ts';
import type { SpokenTurn } from '../../src/conversation/transcript.ts';
import { preparePiper } from '../../src/native/piper.ts';
import { alwaysOpen } from '../../src/schedule/windows.ts';
import { type Piper, startPiper } from '../../src/speech/piper.ts';
import { type CallBody, neverAgain, until } from '../support/campaign.ts';
import { freshDatabaseUrl } from '../support/database.ts';

const silent = (): void => undefined;
const databaseUrl = await freshDatabaseUrl();
let world: World;
let piper: Piper;
beforeAll(async () => {
  vi.stubEnv('DATABASE_URL', databaseUrl);
  world = await startWorld({
    say: silent,
    log: pino({ level: process.env['CARILLON_LOG'] ?? 'silent' }),
    env: {},
  });
  piper = await startPiper(await preparePiper(silent), 1);
  await world.api.call('POST', '/trunks', world.trunk);
}, 300_000);
afterAll(async () => {
  await piper.close();
  await world.stop();
});

/** The ids of this process's children whose command line contains a word, but for those of the test's own voice. */
async function childrenNamed(word: string): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const [stat = '', command = ''] = await Promise.all(
        ['stat', 'cmdline'].map(async (file) => readFile(`/proc/${id}/${file}`, 'utf8').catch(() => '')),
      );
      const [, parent] = /\) [RSDI] (\d+)/.exec(stat) ?? [];
      return Number(parent) === process.pid && command.includes(word) ? [Number(id)] : [];
    }),
  );
  return found.flat().filter((pid) => !piper.pids.includes(pid));
}

const question = 'Where can I park my car?';
const { sorry } = phrasesOf.en;

interface Outcome {
  readonly call: CallBody;
  readonly turns: readonly SpokenTurn[];
  readonly agent: string;
  readonly callee: string;
}

/** Calls a callee who asks where to park; `after` is done when the transcript has its first turns, with their number. */
async function converse(number: string, after: (turns: number) => Promise<void>): Promise<Outcome> {
  const { api } = world;
  await letSay(world.farEnd, piper, { number, sentences: ['Hello?', question, 'Thank you, goodbye.'] });
  const agent = await api.call<{ id: string }>('POST', '/agents', {
    name: 'Anna',
    persona:
      'You are the friendly assistant of Harbour Dental. Parking is free behind the house, in Quay Street.',
    greeting: 'Hello, this is Anna, the AI assistant of Harbour Dental. What can I do for you?',
    // The far end speaks after eight seconds of silence.
    noInputSeconds: 12,
    maxCallSeconds: 120,
  });
  const campaign = await api.call<{ id: string }>('POST', '/campaigns', {
    name: 'Reminders',
    agentId: agent.id,
    trunkId: 'far-end',
    windows: alwaysOpen,
    retry: neverAgain,
    minGapSeconds: 0,
  });
  await api.call('POST', `/campaigns/${campaign.id}/leads`, { contact: { numbers: [number] } });
  await api.call('POST', `/campaigns/${campaign.id}/start`);
  const now = async () => {
    const [call] = await api.list<CallBody>(`/calls?campaignId=${campaign.id}`);
    const path = `/calls/${call?.id}/transcript`;
    return { call, turns: call ? (await api.call<{ turns: SpokenTurn[] }>('GET', path)).turns : [] };
  };
  for (const count of [1, 2]) {
    await until(now, ({ call, turns }) => call?.state === 'ended' || turns.length >= count);
    await after(count);
  }
  const { call, turns } = await until(now, (found) => found.call?.state === 'ended', 120_000);
  if (!call) throw new Error('there is no call');
  onTestFailed(() => void process.stderr.write(`${JSON.stringify({ call, turns })}\n`));
  const words = (speaker: SpokenTurn['speaker']): string =>
    turns.flatMap((turn) => (turn.speaker === speaker ? [turn.text] : [])).join(' ');
  return { call, turns, agent: words('agent'), callee: words('callee') };
}

const isReady = async (): Promise<boolean> => (await fetch(`${world.service.url}/readyz`)).ok;

test.each([
  ['whisper-server', '+441134960570'],
  ['llama-server', '+441144960570'],
  ['piper_worker', '+441164960570'],
])(
  '%s is killed after the greeting and again while the callee is answered: the call ends politely, the engine is back',
  { timeout: 180_000 },
  async (name, number) => {
    const killed: number[] = [];
    const { call, turns, agent } = await converse(number, async () => {
      for (const pid of await until(
        async () => childrenNamed(name),
        (pids) => pids.length > 0,
      )) {
        process.kill(pid, 'SIGKILL');
        killed.push(pid);
      }
    });
    expect(new Set(killed).size).toBeGreaterThanOrEqual(2);
    expect(call.disposition).toBe('answered');
    expect(turns.at(-1)?.speaker).toBe('agent');
    expect(agent).toMatch(/Goodbye\.$/);
    const pids = await until(
      async () => childrenNamed(name),
      (found) => found.length > 0 && found.every((pid) => !killed.includes(pid)),
    );
    expect(pids.length).toBeGreaterThanOrEqual(1);
    await until(isReady, (ready) => ready);
  },
);

test('the next call is a conversation as before', { timeout: 180_000 }, async () => {
  const { call, agent, callee } = await converse('+441174960570', async () => undefined);
  expect(call.disposition).toBe('answered');
  expect(callee).toMatch(/park/i);
  expect(agent).toMatch(/behind the house|Quay/i);
  expect(agent).not.toContain(sorry);
});
