import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { channelEvent } from '../../../src/asterisk/call-events.ts';
import { eventTypes, type AriEvent } from '../../../src/asterisk/generated.ts';

/** What a real Asterisk 22.10 sent about one channel, in its order. */
function recorded(name: string): readonly AriEvent[] {
  const text = readFileSync(join(import.meta.dirname, 'fixtures', `${name}.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AriEvent);
}

const causes = (event: { type: string; cause?: number; techCause?: number }): string =>
  event.cause === undefined ? event.type : `${event.type} ${event.cause}/${event.techCause ?? '-'}`;

test.each([
  ['busy-486', ['entered', 'dialing', 'hangupRequest 17/486', 'destroyed 17/486']],
  [
    'early-media-480',
    [
      'entered',
      'dialing',
      'progress',
      'mediaJoined',
      'hangupRequest 19/480',
      'mediaLeft',
      'destroyed 19/480',
    ],
  ],
  // Our own timeout: the request says 32 and no SIP status, and the 480 at the end is Asterisk's invention.
  ['ring-timeout', ['entered', 'dialing', 'ringing', 'ringing', 'hangupRequest 32/-', 'destroyed 19/480']],
  ['silent-timeout', ['entered', 'dialing', 'hangupRequest 32/-', 'destroyed 19/480']],
  ['we-cancel-ringing', ['entered', 'dialing', 'ringing', 'ringing', 'hangupRequest 32/-', 'destroyed 16/-']],
  ['we-hang-up', ['entered', 'dialing', 'answered', 'answered', 'hangupRequest 32/-', 'destroyed 16/-']],
  [
    'callee-hangs-up',
    [
      'entered',
      'dialing',
      'ringing',
      'ringing',
      'answered',
      'answered',
      'hangupRequest 16/-',
      'destroyed 16/-',
    ],
  ],
  // The limit on the PBX itself ends a call without any request.
  ['absolute-limit', ['entered', 'dialing', 'answered', 'answered', 'destroyed 16/-']],
  [
    'presses-9',
    [
      'entered',
      'dialing',
      'ringing',
      'ringing',
      'answered',
      'answered',
      'mediaJoined',
      'dtmf',
      'hangupRequest 32/-',
      'mediaLeft',
      'destroyed 16/-',
    ],
  ],
])('%s is understood', (name, expected) => {
  const events = recorded(name).flatMap((event) => channelEvent(event) ?? []);
  expect(events.map(causes)).toEqual(expected);
});

test('every event names its channel and its time, and the last one the SIP Call-ID', () => {
  const raw = recorded('busy-486');
  const id = '16aa594c-4e03-48e9-8e87-de5d1fafe844';
  const events = raw.flatMap((event) => channelEvent(event) ?? []);
  expect(new Set(events.map(({ channelId }) => channelId)).size).toBe(1);
  expect(events[0]?.at).toEqual(new Date('2026-11-24T07:19:22.732Z'));
  expect(events.at(-1)).toMatchObject({ type: 'destroyed', sipCallId: id });
});

test('a pressed key is told with its length', () => {
  const events = recorded('presses-9').flatMap((event) => channelEvent(event) ?? []);
  expect(events.find(({ type }) => type === 'dtmf')).toMatchObject({
    digit: '9',
    durationMs: expect.any(Number),
  });
});

test('an inbound call brings its arguments and its caller', () => {
  const [start] = recorded('busy-486');
  if (start?.type !== 'StasisStart') throw new Error('the recording begins otherwise');
  const inbound = { ...start, args: ['inbound', '+441632960001'] };
  const caller = { name: '', number: '+447700900123' };
  expect(channelEvent({ ...inbound, channel: { ...start.channel, caller } })).toMatchObject({
    type: 'entered',
    args: ['inbound', '+441632960001'],
    callerNumber: '+447700900123',
  });
});

test('the recordings hold every event that Carillon asks for, but for the takeover', () => {
  const names = ['early-media-480', 'presses-9'];
  const types = new Set(names.flatMap((name) => recorded(name).map(({ type }) => type)));
  expect([...types].sort()).toEqual(eventTypes.filter((type) => type !== 'ApplicationReplaced'));
});
