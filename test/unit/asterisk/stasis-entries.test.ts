import { expect, test } from 'vitest';
import type { AriEvent } from '../../../src/asterisk/generated.ts';
import { stasisEntries } from '../../../src/asterisk/stasis-entries.ts';

const event = (type: 'StasisStart' | 'ChannelDestroyed', id: string): AriEvent =>
  ({ type, channel: { id } }) as unknown as AriEvent;
const never = new AbortController().signal;

test('whoever waits for a channel goes on when that one enters', async () => {
  const entries = stasisEntries();
  const first = entries.expect('a', never);
  const second = entries.expect('b', never);
  entries.observe(event('StasisStart', 'b'));
  await second;
  entries.observe(event('StasisStart', 'a'));
  await first;
});

test('a channel that ends first is an error', async () => {
  const entries = stasisEntries();
  const waiting = entries.expect('a', never);
  entries.observe(event('ChannelDestroyed', 'a'));
  await expect(waiting).rejects.toThrow('ended before it began');
});

test('a signal ends the wait, before it and within it', async () => {
  const entries = stasisEntries();
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = entries.expect('a', signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(entries.expect('b', signal)).rejects.toThrow('enough');
  entries.observe(event('StasisStart', 'a'));
});

test('an event that nobody waits for is no matter', () => {
  stasisEntries().observe(event('StasisStart', 'x'));
});
