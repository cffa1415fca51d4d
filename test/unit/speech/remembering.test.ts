import { expect, test } from 'vitest';
import type { Manner, Synthesizer, Voices } from '../../../src/conversation/engines.ts';
import { remembering } from '../../../src/speech/remembering.ts';

/** Speaks one sample per letter in two chunks, and counts how often it has to. */
function counting(): { voices: Voices; spoken: string[] } {
  const spoken: string[] = [];
  const synthesizer: Synthesizer = {
    async *speak(text, signal) {
      spoken.push(text);
      yield new Int16Array(text.length - 1).fill(7);
      signal.throwIfAborted();
      yield new Int16Array(1);
    },
  };
  return { voices: { standard: 'joe', names: null, speaker: () => synthesizer }, spoken };
}

const joe: Manner = { voice: 'joe', rate: 1 };

const listen = (voices: Voices, text: string, manner = joe): Promise<Int16Array[]> =>
  Array.fromAsync(voices.speaker(manner).speak(text, new AbortController().signal));

test('speaks a text once and gives the same audio from then on', async () => {
  const { voices, spoken } = counting();
  const voice = remembering(voices, 100);
  expect(await listen(voice, 'hello')).toEqual(await listen(voice, 'hello'));
  expect(spoken).toEqual(['hello']);
});

test('another voice or rate is spoken anew', async () => {
  const { voices, spoken } = counting();
  const remembered = remembering(voices, 100);
  for (const manner of [joe, { voice: 'eva', rate: 1 }, { voice: 'joe', rate: 1.5 }, joe])
    await listen(remembered, 'hello', manner);
  expect(spoken).toHaveLength(3);
});

test.each([
  ['nothing is forgotten within the limit', ['aa', 'bb', 'aa', 'bb'], ['aa', 'bb']],
  ['the oldest is forgotten beyond it', ['aa', 'bb', 'cc', 'aa'], ['aa', 'bb', 'cc', 'aa']],
  ['asking for it keeps it', ['aa', 'bb', 'aa', 'cc', 'aa'], ['aa', 'bb', 'cc']],
  ['what is longer than the limit is not kept', ['aa', 'hello', 'aa', 'hello'], ['aa', 'hello', 'hello']],
])('%s', async (_name, texts, spokenAnew) => {
  const { voices, spoken } = counting();
  const voice = remembering(voices, 4);
  for (const text of texts) await listen(voice, text);
  expect(spoken).toEqual(spokenAnew);
});

test('what was cut off is not remembered', async () => {
  const { voices, spoken } = counting();
  const voice = remembering(voices, 100);
  const bargeIn = new AbortController();
  const cut = async (): Promise<void> => {
    for await (const chunk of voice.speaker(joe).speak('hello', bargeIn.signal))
      if (chunk.length > 0) bargeIn.abort();
  };
  await expect(cut()).rejects.toThrow('aborted');
  for await (const chunk of voice.speaker(joe).speak('hello', new AbortController().signal))
    if (chunk.length > 0) break;
  expect((await listen(voice, 'hello')).map(({ length }) => length)).toEqual([4, 1]);
  expect(spoken).toEqual(['hello', 'hello', 'hello']);
});
