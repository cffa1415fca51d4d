/** Tells speech from silence and noise, in one stream of audio. */
export interface SpeechDetector {
  /**
   * The probability, 0 to 1, that somebody speaks at the end of `samples`, the next piece of 16 kHz mono PCM.
   * One piece after the other: the answer must be there before the next is pushed.
   */
  push(samples: Int16Array): Promise<number>;
}

/** What was said, as far as it was understood. */
export interface Transcript {
  readonly text: string;
  /** Whether the engine stands by it. When it doesn't, a better one follows in the stream. */
  readonly sure: boolean;
}

/** Turns speech into text. */
export interface Transcriber {
  /**
   * Transcribes PCM at 16 kHz, mono. The first transcript comes as soon as can be, for speculation; when it is
   * not sure, a second one follows. When `signal` aborts, the stream throws its reason and the engine stops
   * working on it. Throws an Error with a `code` when no transcript can be had.
   */
  transcribe(samples: Int16Array, signal: AbortSignal): AsyncIterable<Transcript>;
}

/** A part of a conversation: what the agent is told, what it said, what the callee said. */
export interface Message {
  readonly role: 'instruction' | 'agent' | 'callee';
  readonly text: string;
}

/** Something the agent may do. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** Its input as a JSON schema: an object of plain values. */
  readonly parameters: {
    readonly properties: Readonly<Record<string, ToolInput>>;
    readonly required: readonly string[];
  };
}

/** One value of a tool's input. */
export type ToolInput =
  | { readonly type: 'string' | 'number' | 'boolean'; readonly description?: string }
  | { readonly enum: readonly string[]; readonly description?: string };

/** A piece of what the agent says next, or a tool that it uses. */
export type Reply = { readonly type: 'say'; readonly text: string } | Use;

/** A tool that the agent wants to use; the input is not checked against the schema. */
export interface Use {
  readonly type: 'use';
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Decides what the agent says and does. */
export interface Chat {
  /**
   * The agent's next turn, as it comes. When `signal` aborts, the stream throws its reason and the engine stops
   * working on it. Throws an Error with a `code` when no answer can be had or it makes no sense.
   */
  reply(messages: readonly Message[], tools: readonly Tool[], signal: AbortSignal): AsyncIterable<Reply>;

  /** Has the engine read these messages ahead, so that a reply to them and what follows begins sooner. */
  warm(messages: readonly Message[], tools: readonly Tool[], signal: AbortSignal): Promise<void>;
}

/** How an agent sounds: the name of its voice, and its rate, 1 being the voice's own. */
export interface Manner {
  readonly voice: string;
  readonly rate: number;
}

/** The voices of an engine. */
export interface Voices {
  /** Whose voice it is where nobody chooses one. */
  readonly standard: string;
  /** All there are to choose from; null when only the engine knows. */
  readonly names: readonly string[] | null;
  speaker(manner: Manner): Synthesizer;
}

/** What an answer consists of, in this order: every part is there. */
export type Form = Readonly<
  Record<
    string,
    | { readonly type: 'string'; readonly maxLength: number }
    | { readonly type: 'number' }
    | { readonly enum: readonly string[] }
  >
>;

/** Reads and answers in writing, when nobody waits on the telephone. */
export interface Reader {
  /**
   * The answer to the last message, in this form as far as the engine heeds it: not to be trusted unread. When `signal`
   * aborts, it throws its reason. Throws an Error with a `code` when no answer can be had or it makes no sense.
   */
  answer(
    messages: readonly Message[],
    form: Form,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>>;
}

/** Turns text into speech. */
export interface Synthesizer {
  /**
   * Speaks one clause: PCM at 16 kHz, mono, in chunks of any size as they are made. When `signal` aborts,
   * the stream throws its reason and the engine stops working on it. Throws an Error with a `code` when no
   * speech can be had.
   */
  speak(text: string, signal: AbortSignal): AsyncIterable<Int16Array>;
}
