import type { Synthesizer } from '../conversation/engines.ts';

/**
 * Remembers what it once spoke in full, by its text, up to `limit` samples in all; what was asked for longest ago
 * goes first. A greeting rendered while the phone rings, or a filler, then comes without waiting for the engine.
 */
export function remembering(synthesizer: Synthesizer, limit: number): Synthesizer {
  const spoken = new Map<string, Int16Array[]>();
  let held = 0;

  const forget = (text: string): void => {
    held -= size(spoken.get(text) ?? []);
    spoken.delete(text);
  };
  const remember = (text: string, chunks: Int16Array[]): void => {
    forget(text);
    if (size(chunks) > limit) return;
    spoken.set(text, chunks);
    held += size(chunks);
    for (const oldest of spoken.keys()) {
      if (held <= limit) return;
      forget(oldest);
    }
  };

  return {
    async *speak(text, signal) {
      signal.throwIfAborted();
      const known = spoken.get(text);
      if (known) {
        spoken.delete(text);
        spoken.set(text, known);
        yield* known;
        return;
      }
      const chunks: Int16Array[] = [];
      for await (const chunk of synthesizer.speak(text, signal)) {
        chunks.push(chunk);
        yield chunk;
      }
      remember(text, chunks);
    },
  };
}

function size(chunks: readonly Int16Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
