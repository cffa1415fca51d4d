/**
 * A callee is put through over real SIP. Voice, PBX, trunk and far end are real; ears and head are a scripted server, so
 * that it is exact what the model asks for.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { letSay } from '../../scripts/callee.ts';
import { type World, startWorld } from '../../scripts/world.ts';
import { rmsDbfs } from '../../src/audio/levels.ts';
import { readWav } from '../../src/audio/wav.ts';
import type { SpokenTurn } from '../../src/conversation/transcript.ts';
import { type FarEndRecord, heardFile, readFarEndRecords } from '../../src/native/far-end.ts';
import { preparePiper } from '../../src/native/piper.ts';
import { alwaysOpen } from '../../src/schedule/windows.ts';
import { type Piper, startPiper } from '../../src/speech/piper.ts';
import { type CallBody, neverAgain, until } from '../support/campaign.ts';
import { freshDatabaseUrl } from '../support/database.ts';

const silent = (): void => undefined;
const question = 'Can I talk to a human being, please?';

type Use = readonly [tool: string, input: Readonly<Record<string, unknown>>];
let uses: readonly Use[] = [];
let asked = 0;
let engines: Server;
let world: World;
let piper: Piper;

/**
 * Hears the question whatever is said, with a number, since who says the same three times is taken for a machine.
 * Answers with a word and the uses of the test; with another word and the end of the call, once the callee has been
 * told that nobody is to be had.
 */
function startEngines(): Server {
  return createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      if (request.url?.endsWith('/audio/transcriptions'))
        return response.end(JSON.stringify({ text: `${question} ${++asked}` }));
      const isRead = body.includes('response_format');
      const isBack = body.includes('nobody can take your call');
      const wanted: typeof uses = isBack ? [['end_call', {}]] : uses;
      const calls = wanted.map(([name, input], index) => ({
        index,
        id: `call-${index}`,
        type: 'function',
        function: { name, arguments: JSON.stringify(input) },
      }));
      const content = isBack ? 'Then I will take a note.' : 'Of course.';
      const delta = isRead ? { content: '{}' } : { content, tool_calls: calls };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return response.end(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\ndata: [DONE]\n\n`);
    })();
  });
}

const databaseUrl = await freshDatabaseUrl();
beforeAll(async () => {
  engines = startEngines().listen(0, '127.0.0.1');
  await once(engines, 'listening');
  const url = `http://127.0.0.1:${(engines.address() as AddressInfo).port}/v1`;
  vi.stubEnv('DATABASE_URL', databaseUrl);
  world = await startWorld({
    say: silent,
    log: pino({ level: process.env['CARILLON_LOG'] ?? 'silent' }),
    env: { CARILLON_LLM_URL: url, CARILLON_LLM_MODEL: 'scripted', CARILLON_STT_URL: url },
  });
  piper = await startPiper(await preparePiper(silent), 1);
  await world.api.call('POST', '/trunks', world.trunk);
}, 300_000);
afterAll(async () => {
  await piper.close();
  await world.stop();
  engines.close();
});

type Detail = CallBody & {
  readonly transfers: readonly { target: string; number: string; outcome: string | null }[];
};

/** Calls somebody who asks for a human being as often as that, and waits for the end. */
async function call(
  number: string,
  target: string,
  { asks = 1, noInputSeconds = 12 }: { readonly asks?: number; readonly noInputSeconds?: number } = {},
): Promise<Detail & { agent: string; records: readonly FarEndRecord[] }> {
  const { api } = world;
  await letSay(world.farEnd, piper, { number, sentences: ['Hello?', ...Array(asks).fill(question)] });
  const agent = await api.call<{ id: string }>('POST', '/agents', {
    name: 'Anna',
    greeting: 'Hello, this is Anna, an AI assistant. What can I do for you?',
    noInputSeconds,
    maxCallSeconds: 90,
    talks: true,
    tools: ['transfer', 'end_call'],
    transferTargets: [{ id: 'desk', label: 'the front desk', number: target }],
  });
  const campaign = await api.call<{ id: string }>('POST', '/campaigns', {
    name: 'Transfers',
    agentId: agent.id,
    trunkId: 'far-end',
    windows: alwaysOpen,
    retry: neverAgain,
    minGapSeconds: 0,
  });
  await api.call('POST', `/campaigns/${campaign.id}/leads`, {
    contact: { firstName: 'Ann', lastName: 'Smith', numbers: [number] },
  });
  await api.call('POST', `/campaigns/${campaign.id}/start`);
  const [ended] = await until(
    async () => api.list<CallBody>(`/calls?campaignId=${campaign.id}`),
    (calls) => calls[0]?.state === 'ended',
  );
  if (!ended) throw new Error('there is no call');
  const records = await until(
    async () => readFarEndRecords(world.farEnd.recordsFolder),
    (all) => all.some(({ dialed }) => dialed === number),
  );
  const { turns } = await api.call<{ turns: SpokenTurn[] }>('GET', `/calls/${ended.id}/transcript`);
  const words = turns.flatMap(({ speaker, text }) => (speaker === 'agent' ? [text] : [])).join(' ');
  return { ...(await api.call<Detail>('GET', `/calls/${ended.id}`)), agent: words, records };
}

const recordOf = (records: readonly FarEndRecord[], number: string): FarEndRecord => {
  const [record, ...more] = records.filter(({ dialed }) => dialed === number);
  if (!record || more.length > 0)
    throw new Error(`${number} was rung ${more.length} times more or not at all`);
  return record;
};

/** How loud it was that the far end heard in a call, from and to milliseconds since 1970. */
async function loudness(record: FarEndRecord, from: number, to: number): Promise<number> {
  const { sampleRate, samples } = readWav(
    await readFile(join(world.farEnd.recordingsFolder, heardFile(record))),
  );
  const at = (ms: number): number => Math.round(((ms - (record.answeredAt ?? 0)) * sampleRate) / 1000);
  return rmsDbfs(samples.subarray(at(from), at(to)));
}

test('somebody takes the call, hears who is on the line, and both talk until one leaves', async () => {
  const [number, target] = ['+441134960070', '+441134960101'];
  uses = [['transfer', { target: 'desk' }]];
  const { disposition, transfers, agent, records } = await call(number, target);
  expect(disposition).toBe('transferred');
  expect(transfers).toMatchObject([{ target: 'desk', number: target, outcome: 'connected' }]);
  expect(agent).toMatch(/Of course\.$/);

  const callee = recordOf(records, number);
  const colleague = recordOf(records, target);
  expect(colleague.callerId).toBe(callee.callerId);
  expect(colleague.startedAt).toBeGreaterThan(callee.answeredAt ?? Infinity);
  // The callee is hung up when their partner has left, not before.
  expect(callee.endedAt).toBeGreaterThanOrEqual(colleague.endedAt);
  // The colleague is told first, which the callee does not hear; then the callee hears the colleague's goodbye.
  const answered = colleague.answeredAt ?? 0;
  expect(await loudness(colleague, answered + 2000, answered + 5000)).toBeGreaterThan(-45);
  expect(await loudness(callee, answered + 2000, answered + 5000)).toBeLessThan(-60);
  expect(await loudness(callee, colleague.endedAt - 2500, colleague.endedAt - 500)).toBeGreaterThan(-45);
});

test('somebody is on the phone already: the callee is told so, and the agent goes on', async () => {
  const [number, target] = ['+441134960172', '+441134960086'];
  uses = [['transfer', { target: 'desk' }]];
  const { disposition, transfers, agent, records } = await call(number, target, { asks: 2 });
  expect(disposition).toBe('answered');
  expect(transfers).toMatchObject([{ target: 'desk', number: target, outcome: 'busy' }]);
  expect(recordOf(records, target).answeredAt).toBeUndefined();
  expect(agent).toMatch(
    /Of course\. I am sorry, nobody can take your call right now\. What else can I do for you\? Then I will take a note\.$/,
  );
});

const stranger = '+441134960201';
test.each<{ name: string; number: string; input: Record<string, string> }>([
  { name: 'a number', number: '+441134960072', input: { target: stranger } },
  {
    name: 'a target that the agent does not have, and a number,',
    number: '+441134960672',
    input: { target: 'boss', number: stranger },
  },
])('a model that asks for $name rings nobody', async ({ number, input }) => {
  uses = [['transfer', input]];
  const { disposition, transfers, agent, records } = await call(number, '+441134960301', {
    noInputSeconds: 4,
  });
  expect(disposition).toBe('answered');
  expect(transfers).toEqual([]);
  expect(agent).toMatch(/Of course\. Are you still there\?/);
  const { startedAt } = recordOf(records, number);
  expect(records.filter((record) => record.startedAt >= startedAt).map(({ dialed }) => dialed)).toEqual([
    number,
  ]);
});
