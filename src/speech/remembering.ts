import type { Voices } from '../conversation/engines.ts';

/**
 * Remembers what it once spoke in full, by its text and manner, up to `limit` samples in all; what was asked for longest ago
 * goes first. A greeting rendered while the phone rings, or a filler, then comes without waiting for the engine.
 */
export function remembering(voices: Voices, limit: number): Voices {
  const spoken = new Map<string, Int16Array[]>();
  let held = 0;

  const forget = (key: string): void => {
    held -= size(spoken.get(key) ?? []);
    spoken.delete(key);
  };
  const remember = (key: string, chunks: Int16Array[]): void => {
    forget(key);
    if (size(chunks) > limit) return;
    spoken.set(key, chunks);
    held += size(chunks);
    for (const oldest of spoken.keys()) {
      if (held <= limit) return;
      forget(oldest);
    }
  };

  const speaker: Voices['speaker'] = (manner) => ({
    async *speak(text, signal) {
      signal.throwIfAborted();
      const key = JSON.stringify([manner.voice, manner.rate, text]);
      const known = spoken.get(key);
      if (known) {
        spoken.delete(key);
        spoken.set(key, known);
        yield* known;
        return;
      }
      const chunks: Int16Array[] = [];
      for await (const chunk of voices.speaker(manner).speak(text, signal)) {
        chunks.push(chunk);
        yield chunk;
      }
      remember(key, chunks);
    },
  });
  return { ...voices, speaker };
}

function size(chunks: readonly Int16Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
