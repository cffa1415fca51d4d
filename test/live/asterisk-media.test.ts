import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { MEDIA_SAMPLE_RATE, openMedia, type MediaLeg } from '../../src/asterisk/media.ts';
import { hangUpChannel, listBridges, listChannels } from '../../src/asterisk/operations.ts';
import { heardFile } from '../../src/native/far-end.ts';
import { startPair, type AsteriskPair, type PlacedCall } from '../support/asterisk-pair.ts';

let pair: AsteriskPair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.stop());

type Talk = {
  readonly leg: MediaLeg;
  readonly call: PlacedCall;
  readonly heard: Int16Array[];
  end(): Promise<void>;
};

/** Rings a number with its media leg and joins them at the first event of this type. */
async function talk(digits: string, joinAt: 'answered' | 'progress' = 'answered'): Promise<Talk> {
  const callId = randomUUID();
  const heard: Int16Array[] = [];
  const leg = await openMedia(pair.ari, {
    callId,
    onFrame: (frame) => heard.push(frame),
    onEnd: () => undefined,
  });
  const call = await pair.place(digits, { attemptId: callId });
  await call.until(joinAt);
  await leg.join();
  const end = async (): Promise<void> => {
    await hangUpChannel(pair.ari, callId);
    await call.until('destroyed');
    await leg.close();
  };
  return { leg, call, heard, end };
}

function tone(ms: number): Int16Array {
  const length = (ms * MEDIA_SAMPLE_RATE) / 1000;
  return Int16Array.from(
    { length },
    (_, at) => 8000 * Math.sin((2 * Math.PI * 440 * at) / MEDIA_SAMPLE_RATE),
  );
}

const isLoud = (samples: Int16Array): boolean => samples.some((sample) => Math.abs(sample) > 1000);

/** The far end's recorder ends a moment after the call. */
const WRITTEN_MS = 5000;

/** How many milliseconds of the far end's recording are loud. */
async function loudMs({ call }: Talk): Promise<number> {
  const end = await call.until('destroyed');
  const file = heardFile({ dialed: call.number, sipCallId: end.sipCallId });
  const wav = await readFile(join(pair.farEnd.recordingsFolder, file));
  const samples = new Int16Array(wav.buffer, wav.byteOffset + 44, (wav.length - 44) >> 1);
  let loud = 0;
  for (let at = 0; at < samples.length; at += 80) if (isLoud(samples.subarray(at, at + 80))) loud += 10;
  return loud;
}

describe.concurrent('a media leg', () => {
  test('is heard by the far end, and a mark says when', async () => {
    const conversation = await talk('0005');
    const { leg } = conversation;
    const started = performance.now();
    leg.play(tone(500));
    leg.play(tone(333));
    expect(await leg.mark()).toBe('played');
    expect(performance.now() - started).toBeGreaterThan(750);
    expect(await leg.mark()).toBe('played');
    await conversation.end();
    await vi.waitFor(async () => expect(await loudMs(conversation)).toBeGreaterThan(700), WRITTEN_MS);
    expect(await loudMs(conversation)).toBeLessThan(900);
  });

  test('stops within a moment of a flush', async () => {
    const conversation = await talk('0105');
    const { leg } = conversation;
    leg.play(tone(500));
    const begun = leg.mark();
    leg.play(tone(9000));
    const mark = leg.mark();
    expect(await begun).toBe('played');
    leg.flush();
    expect(await mark).toBe('dropped');
    leg.play(tone(200));
    expect(await leg.mark()).toBe('played');
    await conversation.end();
    await vi.waitFor(async () => expect(await loudMs(conversation)).toBeGreaterThan(500), WRITTEN_MS);
    // The flush comes as late as this process is busy, and far from the nine seconds that it drops.
    expect(await loudMs(conversation)).toBeLessThan(4000);
  });

  test('hears the far end, in frames of 20 ms', async () => {
    const conversation = await talk('0001');
    await vi.waitFor(() => expect(conversation.heard.some(isLoud)).toBe(true), 10_000);
    expect(new Set(conversation.heard.map(({ length }) => length))).toEqual(new Set([320]));
    await conversation.end();
  });

  test('hears early media before the answer', async () => {
    const conversation = await talk('0012', 'progress');
    await vi.waitFor(() => expect(conversation.heard.some(isLoud)).toBe(true), 10_000);
    await conversation.call.until('destroyed');
    expect(conversation.call.seen()).not.toContain('answered');
    await conversation.leg.close();
  });

  test('carries a key that the far end presses while we speak', async () => {
    const conversation = await talk('0003');
    conversation.leg.play(tone(8000));
    expect(await conversation.call.until('dtmf')).toMatchObject({ digit: '9' });
    await conversation.end();
  });

  test('outlives the call, since Asterisk leaves it to its owner', async () => {
    const conversation = await talk('0004');
    await conversation.call.until('destroyed');
    const mine = (await listChannels(pair.ari)).map(({ id }) => id);
    expect(mine).toContain(conversation.leg.channelId);
    await conversation.leg.close();
  });

  test('tells when Asterisk ends it', async () => {
    const ended = Promise.withResolvers<void>();
    const leg = await openMedia(pair.ari, {
      callId: randomUUID(),
      onFrame: () => undefined,
      onEnd: ended.resolve,
    });
    await hangUpChannel(pair.ari, leg.channelId);
    await ended.promise;
    await leg.close();
  });
});

test('nothing is left of any leg that was closed', async () => {
  expect(await listBridges(pair.ari)).toEqual([]);
  expect(await listChannels(pair.ari)).toEqual([]);
});
