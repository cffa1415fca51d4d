/** Turns text into speech. */
export interface Synthesizer {
  /**
   * Speaks one clause: PCM at 16 kHz, mono, in chunks of any size as they are made. When `signal` aborts,
   * the stream throws its reason and the engine stops working on it. Throws an Error with a `code` when no
   * speech can be had.
   */
  speak(text: string, signal: AbortSignal): AsyncIterable<Int16Array>;
}
