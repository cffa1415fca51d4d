/**
 * Calls that come in over real SIP: the far end rings a number of the trunk, and its agent answers. Voice, PBX and trunk
 * are real; ears and head are a scripted server, so that it is exact what is understood.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { letSay } from '../../scripts/callee.ts';
import { type World, startWorld } from '../../scripts/world.ts';
import { type AriRequester, openAri } from '../../src/asterisk/ari.ts';
import { getVariable, hangUpChannel, listBridges, listChannels } from '../../src/asterisk/operations.ts';
import { rmsDbfs } from '../../src/audio/levels.ts';
import { readWav } from '../../src/audio/wav.ts';
import type { SpokenTurn } from '../../src/conversation/transcript.ts';
import { openDatabase } from '../../src/db/database.ts';
import { type RunningAsterisk, startAsterisk } from '../../src/native/asterisk.ts';
import { type WorkingFolder, workingFolder } from '../../src/native/folder.ts';
import { preparePiper } from '../../src/native/piper.ts';
import { type Piper, startPiper } from '../../src/speech/piper.ts';
import { ringUs, talks, theirNumber } from '../support/caller.ts';
import { until } from '../support/campaign.ts';
import { freshDatabaseUrl } from '../support/database.ts';
import { sendInvite } from '../support/invite.ts';

const silent = (): void => undefined;
const say = silent;
const greeting = 'Hello, this is Anna, an AI assistant of Harbour Dental. What can I do for you?';
/** Numbers of the trunk: of an agent that talks, and of one that only speaks its greeting. */
const [talkative, brief, nobodys] = ['+441134960010', '+441134960020', '+441134960030'];

/** What callers say, and are understood to say. */
let said = '';
let folder: WorkingFolder;
let own: RunningAsterisk;
let ownAri: AriRequester;
let callers: AriRequester;
let engines: Server;
let world: World;
let piper: Piper;
const agents: Record<string, string> = {};

const startEngines = (): Server =>
  createServer((request, response) => {
    void (async () => {
      await text(request);
      if (request.url?.endsWith('/audio/transcriptions')) return response.end(JSON.stringify({ text: said }));
      const delta = { content: 'We are open until six.' };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return response.end(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\ndata: [DONE]\n\n`);
    })();
  });

const databaseUrl = await freshDatabaseUrl();
const db = openDatabase(databaseUrl, silent);
beforeAll(async () => {
  engines = startEngines().listen(0, '127.0.0.1');
  await once(engines, 'listening');
  const url = `http://127.0.0.1:${(engines.address() as AddressInfo).port}/v1`;
  folder = await workingFolder();
  own = await startAsterisk({ role: 'carillon', folder: join(folder.path, 'own'), say });
  vi.stubEnv('DATABASE_URL', databaseUrl);
  world = await startWorld({
    say,
    log: pino({ level: process.env['CARILLON_LOG'] ?? 'silent' }),
    env: {
      CARILLON_ARI_URL: own.ariUrl,
      CARILLON_ARI_USER: own.ariUser,
      CARILLON_ARI_PASSWORD: own.ariPassword,
      CARILLON_LLM_URL: url,
      CARILLON_LLM_MODEL: 'scripted',
      CARILLON_STT_URL: url,
    },
  });
  piper = await startPiper(await preparePiper(silent), 1);
  ownAri = openAri({ url: own.ariUrl, user: own.ariUser, password: own.ariPassword });
  const { ariUrl, ariUser, ariPassword } = world.farEnd;
  callers = openAri({ url: ariUrl, user: ariUser, password: ariPassword });
  for (const [number, more] of [
    [talkative, { talks: true, maxCallSeconds: 60 }],
    [brief, { talks: false }],
  ] as const) {
    const agent = await world.api.call<{ id: string }>('POST', '/agents', {
      name: 'Anna',
      greeting,
      ...more,
    });
    agents[number] = agent.id;
  }
  await world.api.call('POST', '/trunks', world.trunk);
  // Asterisk forgets the caller IDs of an endpoint that is changed: here it is changed twice.
  for (const channels of [20, 30]) {
    const inbound = Object.entries(agents).map(([number, agentId]) => ({ number, agentId }));
    await world.api.call('PATCH', '/trunks/far-end', { channels, inbound });
  }
}, 300_000);
afterAll(async () => {
  callers.close();
  ownAri.close();
  await piper.close();
  await world.stop();
  await own.stop();
  await db.destroy();
  engines.close();
  await folder.remove();
});

interface InboundBody {
  readonly id: string;
  readonly number: string;
  readonly caller: string | null;
  readonly agentId: string | null;
  readonly state: 'ringing' | 'answered' | 'ended';
  readonly disposition: string | null;
  readonly endedAt: string | null;
  readonly arrivedAt: string;
  readonly hasRecording: boolean;
}
type Detail = InboundBody & { readonly turns: readonly SpokenTurn[] };

const calls = async (): Promise<InboundBody[]> => world.api.list('/inbound-calls');
const detail = async (id: string): Promise<Detail> => world.api.call('GET', `/inbound-calls/${id}`);

/** Resolves to the newest call when it fits and is none of those known before. */
async function newest(
  known: readonly InboundBody[],
  fits: (call: InboundBody) => boolean,
): Promise<InboundBody> {
  const [call] = await until(
    calls,
    (all) => all.length > known.length && all[0] !== undefined && fits(all[0]),
  );
  if (!call) throw new Error('there is no call');
  return call;
}

const ring = async (dialed: string, doing: Parameters<typeof ringUs>[1]['doing'], from = theirNumber) =>
  ringUs(callers, { farEnd: world.farEnd, sipPort: own.sipPort, dialed, doing, from });

/** Rings, and waits until our side of the call has ended. */
async function ringOut(...call: Parameters<typeof ring>): Promise<Detail> {
  const known = await calls();
  await ring(...call);
  const { id } = await newest(known, ({ state }) => state === 'ended');
  await until(
    async () => [...(await listChannels(ownAri)), ...(await listBridges(ownAri))],
    (left) => left.length === 0,
  );
  return detail(id);
}

const spokenBy = (speaker: SpokenTurn['speaker'], { turns }: Detail): string =>
  turns.flatMap((turn) => (turn.speaker === speaker ? [turn.text] : [])).join(' ');

const dncEntries = async (number: string) =>
  world.api.list<{ source: string; reason: string; createdAt: string }>(
    `/dnc?number=${encodeURIComponent(number)}`,
  );

describe('the agent of the number that was dialed', () => {
  test('answers a caller, who is kept with what was said on both sides', async () => {
    said = 'How long are you open?';
    await letSay(world.farEnd, piper, { number: theirNumber, sentences: [said] });
    const known = await calls();
    const channel = await ring(talkative, talks);
    const { id } = await newest(known, ({ state }) => state === 'answered');
    await until(
      async () => detail(id),
      ({ turns }) => turns.length >= 3,
    );
    await hangUpChannel(callers, channel.id);
    await newest(known, ({ state }) => state === 'ended');
    const call = await detail(id);
    expect(call).toMatchObject({
      number: talkative,
      caller: theirNumber,
      agentId: agents[talkative],
      disposition: 'answered',
      hasRecording: true,
    });
    const [first, second, third] = call.turns;
    expect(first).toMatchObject({ speaker: 'agent', text: expect.stringContaining('this is Anna') });
    expect(second).toMatchObject({ speaker: 'callee', text: said });
    expect(third).toMatchObject({ speaker: 'agent', text: 'We are open until six.' });

    const reply = await fetch(`${world.service.url}/api/v1/inbound-calls/${id}/recording`, {
      headers: { authorization: `Bearer ${world.service.firstKey}` },
    });
    const { samples } = readWav(Buffer.from(await reply.arrayBuffer()));
    for (const side of [0, 1])
      expect(rmsDbfs(samples.filter((_sample, index) => index % 2 === side))).toBeGreaterThan(-45);
  });

  test('greets first, without waiting for a hello', async () => {
    said = 'Goodbye.';
    await letSay(world.farEnd, piper, { number: theirNumber, sentences: ['Goodbye.'] });
    const call = await ringOut(talkative, talks);
    expect(call.turns[0]?.atMs).toBeLessThan(1500);
    expect(spokenBy('agent', call)).toMatch(/Thank you for your time\. Goodbye\./);
    expect(call.disposition).toBe('answered');
  });

  test('I4: a caller who wants no more calls is on the list before the call ends', async () => {
    const from = '+447700900561';
    said = 'Please take me off your list.';
    await letSay(world.farEnd, piper, { number: from, sentences: [said] });
    const call = await ringOut(talkative, talks, from);
    expect(call).toMatchObject({ caller: from, disposition: 'dnc_request' });
    expect(spokenBy('agent', call)).toMatch(/not call you again/);
    const [entry] = await dncEntries(from);
    expect(entry).toMatchObject({ source: 'callee', reason: said });
    expect(Date.parse(entry?.createdAt ?? '')).toBeLessThan(Date.parse(call.endedAt ?? ''));
  });

  test('nothing is promised to a caller who shows no number', async () => {
    const from = 'anonymous';
    said = 'Please take me off your list.';
    await letSay(world.farEnd, piper, { number: from, sentences: [said] });
    const call = await ringOut(talkative, talks, from);
    expect(call).toMatchObject({ caller: null, disposition: 'dnc_request' });
    expect(spokenBy('agent', call)).toMatch(/can't see your number/);
    expect(spokenBy('agent', call)).not.toMatch(/not call you again/);
  });

  test.each([
    ['talks', talkative, '+447700900562'],
    ['speaks its greeting only', brief, '+447700900563'],
  ])('F19: the caller presses 9 while it speaks (it %s)', async (_kind, number, from) => {
    // They also say hello.
    said = 'Hello?';
    const call = await ringOut(number, { extension: '03' }, from);
    expect(call.disposition).toBe('dnc_request');
    expect(await dncEntries(from)).toMatchObject([{ source: 'callee', reason: 'pressed 9' }]);
  });

  test('speaks its greeting, hears the caller out, and ends the call', async () => {
    const call = await ringOut(brief, { extension: '05' });
    expect(call).toMatchObject({ agentId: agents[brief], disposition: 'answered', hasRecording: true });
    const file = join(world.folder, 'carillon', 'recordings', call.arrivedAt.slice(0, 10), `${call.id}.wav`);
    const { samples } = readWav(await readFile(file));
    expect(rmsDbfs(samples.filter((_sample, index) => index % 2 === 1))).toBeGreaterThan(-45);
  });

  test.each(['00441134960020', '441134960020', '01134960020'])('is found by %s', async (dialed) => {
    expect(await ringOut(dialed, { extension: '04' })).toMatchObject({ number: brief, caller: theirNumber });
  });

  test('is found by the header To where we are rung by the name under which we registered', async () => {
    const known = await calls();
    const invite = await sendInvite(own.sipPort, {
      uri: world.farEnd.trunkUser,
      to: brief,
      from: '"Ann, <sip:+441134960999@x>" <sip:01134960570@127.0.0.1>',
    });
    const { id } = await newest(known, ({ state }) => state !== 'ringing');
    await world.api.call('POST', `/calls/${id}/hangup`);
    expect(await newest(known, ({ state }) => state === 'ended')).toMatchObject({
      number: brief,
      caller: '+441134960570',
      disposition: 'answered',
    });
    invite.close();
  });
});

/** What the network says to a call that is refused. */
async function refusalOf(dialed: string): Promise<string> {
  const invite = await sendInvite(own.sipPort, { uri: dialed });
  const answer = await invite.answer;
  invite.close();
  return answer;
}

describe('a call is refused', () => {
  test.each([nobodys, '200', 'customer'])('with 404 where nobody answers the number: %s', async (dialed) => {
    const known = await calls();
    expect(await refusalOf(dialed)).toMatch(/^SIP\/2\.0 404 /);
    expect(await calls()).toEqual(known);
  });

  test('with 486 while all of the conversations are taken; who only greets answers (I11)', async ({
    onTestFinished,
  }) => {
    // As if this machine held as many as it can.
    const ids = Array.from({ length: availableParallelism() * 10 }, () => randomUUID());
    onTestFinished(async () => {
      await db.deleteFrom('inboundCalls').where('id', 'in', ids).execute();
    });
    await db
      .insertInto('inboundCalls')
      .values(ids.map((id) => ({ id, trunkId: 'far-end', pbx: own.ariUrl, number: talkative, talks: true })))
      .execute();
    expect(await refusalOf(talkative)).toMatch(/^SIP\/2\.0 486 /);
    expect((await calls())[0]).toMatchObject({ number: talkative, caller: theirNumber, disposition: 'busy' });
    expect(await ringOut(brief, { extension: '04' })).toMatchObject({ number: brief });
  });
});

describe('a call ends', () => {
  test('when its media leg is lost', async () => {
    const known = await calls();
    await ring(talkative, { extension: '05' });
    const { id } = await newest(known, ({ state }) => state === 'answered');
    await hangUpChannel(ownAri, `media-${id}`);
    expect(await newest(known, ({ state }) => state === 'ended')).toMatchObject({ disposition: 'lost_app' });
  });

  test('when the caller leaves', async () => {
    expect(await ringOut(talkative, { extension: '04' })).toMatchObject({ disposition: 'hung_up_early' });
  });

  test('when the caller leaves at once, and nothing is left', async () => {
    const { id } = await ring(brief, { extension: '05' });
    await hangUpChannel(callers, id);
    await until(
      async () => listChannels(ownAri),
      (channels) => channels.length === 0,
    );
    await until(calls, (all) => all.every(({ state }) => state === 'ended'));
  });

  test('at the PBX itself, should its owner be gone (I6)', async () => {
    const known = await calls();
    const caller = await ring(talkative, { extension: '05' });
    await newest(known, ({ state }) => state === 'answered');
    const channel = (await listChannels(ownAri)).find(({ name }) => name.startsWith('PJSIP/'));
    expect(Number(await getVariable(ownAri, channel?.id ?? '', 'TIMEOUT(absolute)'))).toBeLessThanOrEqual(
      105,
    );
    await hangUpChannel(callers, caller.id);
    await newest(known, ({ state }) => state === 'ended');
  });
});
