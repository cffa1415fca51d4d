import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SpokenTurn } from '../../src/conversation/transcript.ts';
import { insertTurn } from '../../src/db/transcripts.ts';
import { testApi, walk } from '../support/api.ts';
import { seedAttempt, seedCall, seedCampaign } from '../support/seed.ts';

const api = await testApi();
const nobody = '00000000-0000-4000-8000-000000000000';

test('calls are walked newest first and filtered', async () => {
  const campaignId = await seedCampaign(api.db);
  const other = await seedCampaign(api.db);
  const busy = await seedCall(api.db, { campaignId, number: '+4930100001', disposition: 'busy' });
  const ringing = await seedAttempt(api.db, { campaignId, number: '+4930100002', state: 'ringing' });
  const never = await seedAttempt(api.db, { campaignId, number: '+4930100003', disposition: 'not_placed' });
  const elsewhere = await seedCall(api.db, {
    campaignId: other,
    number: '+4930100004',
    disposition: 'answered',
    talkSeconds: 9.5,
  });
  const find = async (query: string) =>
    (await walk<{ id: string }>(api, `/calls?${query}`)).map(({ id }) => id);

  expect(await find('')).toEqual([elsewhere, never, ringing, busy]);
  expect(await find(`campaignId=${campaignId}`)).toEqual([never, ringing, busy]);
  expect(await find('live=true')).toEqual([ringing]);
  expect(await find('live=false')).toEqual([elsewhere, never, busy]);
  expect(await find('disposition=busy')).toEqual([busy]);
  expect(await find(`number=${encodeURIComponent('+4930100004')}`)).toEqual([elsewhere]);
  const [{ leadId } = { leadId: 0 }] = await walk<{ leadId: number }>(api, '/calls?disposition=busy');
  expect(await find(`leadId=${leadId}`)).toEqual([busy]);
});

test('what was said is told turn by turn', async () => {
  const campaignId = await seedCampaign(api.db);
  const id = await seedCall(api.db, { campaignId, number: '+4930100005', disposition: 'answered' });
  const latency = {
    transcribedMs: 300,
    firstWordMs: null,
    firstClauseMs: 310,
    firstAudioMs: 400,
    committedMs: 320,
    voiceToVoiceMs: 401,
    filledMs: null,
  };
  const said = { atMs: 0, untilMs: 900, interrupted: false, latency: null, passages: [] };
  const passages = [{ id: 7, document: 'about.md', heading: 'Us', text: 'We are Harbour Dental.' }];
  const turns: readonly SpokenTurn[] = [
    { ...said, speaker: 'callee', text: 'Who is this?' },
    { ...said, speaker: 'agent', text: 'This is Anna.', interrupted: true, latency, passages },
  ];
  expect((await api.send('GET', `/calls/${id}/transcript`)).json()).toEqual({ turns: [] });
  for (const [n, turn] of turns.entries()) await insertTurn(api.db, { callId: id, n, turn });
  expect((await api.send('GET', `/calls/${id}/transcript`)).json()).toEqual({ turns });
});

test('a call is told with all that is known of it', async () => {
  const campaignId = await seedCampaign(api.db);
  const number = '+4930200001';
  const id = await seedCall(api.db, {
    campaignId,
    number,
    disposition: 'answered',
    talkSeconds: 9.5,
    cost: '0.05',
  });
  const { leadId } = await api.db
    .selectFrom('attempts')
    .select('leadId')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  await api.db
    .insertInto('decisions')
    .values({
      campaignId,
      leadId,
      attemptId: id,
      verdict: 'dial',
      at: new Date(),
      proof: '{"dnc":false}',
      hash: Buffer.alloc(32),
    })
    .execute();
  expect((await api.send('GET', `/calls/${id}`)).json()).toEqual({
    id,
    campaignId,
    leadId,
    contactId: expect.any(String),
    firstName: 'Cem',
    lastName: 'Demir',
    trunkId: 'seeded',
    number,
    callerId: '+4930000000',
    state: 'ended',
    disposition: 'answered',
    reservedAt: expect.stringMatching(/Z$/),
    dialedAt: '2026-03-02T10:00:00.000Z',
    ringingAt: null,
    answeredAt: '2026-03-02T10:00:05.000Z',
    endedAt: '2026-03-02T10:00:14.500Z',
    talkSeconds: 9.5,
    billedSeconds: 0,
    cost: '0.050000',
    sipCode: null,
    q850: 16,
    greetingHeard: false,
    hasRecording: false,
    sipCallId: null,
    evidence: { dialedAt: '2026-03-02T10:00:00.000Z', endedAt: '2026-03-02T10:00:14.500Z' },
    transfers: [],
    verdict: null,
    correction: null,
    recordingSha256: null,
    recordingMs: null,
    proof: '{"dnc":false}',
  });
});

test('an attempt that goes on has no call yet', async () => {
  const campaignId = await seedCampaign(api.db);
  const id = await seedAttempt(api.db, { campaignId, number: '+4930300001', state: 'dialing' });
  expect((await api.send('GET', `/calls/${id}`)).json()).toMatchObject({
    state: 'dialing',
    disposition: null,
    dialedAt: null,
    endedAt: null,
    cost: null,
    evidence: null,
    proof: null,
  });
});

test('a live call is hung up, another is not', async () => {
  const campaignId = await seedCampaign(api.db);
  const id = await seedAttempt(api.db, { campaignId, number: '+4930400001', state: 'answered' });
  const ended = await seedAttempt(api.db, { campaignId, number: '+4930400002', disposition: 'busy' });
  api.engine.liveCalls.add(id);
  expect((await api.send('POST', `/calls/${id}/hangup`)).statusCode).toBe(202);
  expect(api.engine.hungUp).toEqual([id]);
  expect((await api.send('POST', `/calls/${ended}/hangup`)).statusCode).toBe(409);
  expect((await api.send('POST', `/calls/${nobody}/hangup`)).statusCode).toBe(404);
});

const bytes = '0123456789';
const ranges: [header: string | undefined, status: number, body: string, contentRange: string | undefined][] =
  [
    [undefined, 200, bytes, undefined],
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, bytes, 'bytes 0-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=9-9', 206, '9', 'bytes 9-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=5-2', 200, bytes, undefined],
    ['bytes=-', 200, bytes, undefined],
    ['bytes=0-1,4-5', 200, bytes, undefined],
    ['lines=0-3', 200, bytes, undefined],
  ];
test.each(ranges)(
  'a recording asked for as %s is answered with %i',
  async (range, status, body, contentRange) => {
    const campaignId = await seedCampaign(api.db);
    const recording = '2026-03-02/call.wav';
    await mkdir(join(api.recordings, '2026-03-02'), { recursive: true });
    await writeFile(join(api.recordings, recording), bytes);
    const id = await seedCall(api.db, {
      campaignId,
      number: '+4930500001',
      disposition: 'answered',
      talkSeconds: 1,
      recording,
    });
    const reply = await api.server.inject({
      url: `/api/v1/calls/${id}/recording`,
      headers: { authorization: `Bearer ${api.key}`, ...(range !== undefined && { range }) },
    });
    expect(reply.statusCode).toBe(status);
    expect(reply.headers['content-range']).toBe(contentRange);
    if (status === 416) return;
    expect(reply.headers['content-type']).toBe('audio/wav');
    expect(reply.headers['content-length']).toBe(String(body.length));
    expect(reply.body).toBe(body);
  },
);

test.each(['../outside.wav', '/etc/hostname', 'link.wav', 'gone.wav', '.'])(
  'a recording said to lie at %s is not sent',
  async (recording) => {
    await writeFile(join(api.recordings, '..', 'outside.wav'), 'secret');
    await symlink('/etc/hostname', join(api.recordings, 'link.wav')).catch(ifThere);
    const campaignId = await seedCampaign(api.db);
    const id = await seedCall(api.db, {
      campaignId,
      number: '+4930600001',
      disposition: 'answered',
      recording,
    });
    expect((await api.send('GET', `/calls/${id}/recording`)).json()).toMatchObject({ status: 404 });
  },
);

function ifThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

test('a call without a recording has none', async () => {
  const campaignId = await seedCampaign(api.db);
  const id = await seedCall(api.db, { campaignId, number: '+4930700001', disposition: 'busy' });
  expect((await api.send('GET', `/calls/${id}/recording`)).statusCode).toBe(404);
});

test.each([
  ['GET', `/calls/${nobody}`, 404],
  ['GET', `/calls/${nobody}/recording`, 404],
  ['GET', '/calls/1/recording', 400],
  ['GET', `/calls/${nobody}/transcript`, 404],
  ['GET', '/calls?live=maybe', 400],
  ['GET', '/calls?leadId=x', 400],
] as const)('%s %s is refused with %i', async (method, path, status) => {
  expect((await api.send(method, path)).json()).toMatchObject({ status });
});
