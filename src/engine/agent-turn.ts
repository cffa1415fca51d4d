import { clausesOf } from '../conversation/clauses.ts';
import type { Synthesizer } from '../conversation/engines.ts';
import type { Passage } from '../conversation/passages.ts';
import type { Scripted } from '../conversation/script.ts';
import type { TurnLatency } from '../conversation/transcript.ts';
import type { Line } from './line.ts';
import { type Utterance, utter } from './mouth.ts';

/** One turn of the agent, from its first draft to its last word. */
export interface AgentTurn {
  readonly utterance: Utterance;
  readonly abort: AbortController;
  readonly committed: PromiseWithResolvers<void>;
  readonly times: { -readonly [Stage in keyof TurnLatency]?: number };
  readonly script: Scripted | null;
  /** Milliseconds from the end of the callee's speech. */
  readonly sinceCallee: () => number;
  playingAt: number | null;
  /** What of the agent's documents its model was given for it. */
  passages: readonly Passage[];
}

/** Begins a turn with nothing in it. */
export function beginTurn(
  script: Scripted | null,
  on: {
    readonly line: Line;
    readonly synthesizer: Synthesizer;
    readonly transcribedMs: () => number;
    readonly sinceCallee: () => number;
    readonly onPlaying: (turn: AgentTurn) => void;
  },
): AgentTurn {
  const times: AgentTurn['times'] = { transcribedMs: on.transcribedMs() };
  const turn: AgentTurn = {
    script,
    sinceCallee: on.sinceCallee,
    abort: new AbortController(),
    committed: Promise.withResolvers(),
    times,
    playingAt: null,
    passages: [],
    utterance: utter({
      line: on.line,
      synthesizer: on.synthesizer,
      onRendered: () => (times.firstAudioMs = on.sinceCallee()),
      onPlaying() {
        turn.playingAt = performance.now();
        times.voiceToVoiceMs = on.sinceCallee();
        on.onPlaying(turn);
      },
    }),
  };
  return turn;
}

/** Adds a clause to an answer, and takes the time of the first. */
export function sayClause({ times, utterance, sinceCallee }: AgentTurn, clause: string): void {
  times.firstClauseMs ??= sinceCallee();
  utterance.say(clause);
}

/** Adds a text, clause by clause. */
export function sayAll(utterance: Utterance, text: string): void {
  for (const clause of clausesOf(text)) utterance.say(clause);
}

/** Makes a text all that is said. */
export function sayWhole(utterance: Utterance, text: string): void {
  sayAll(utterance, text);
  utterance.end();
}

/** Stops all work on a turn; what has not been heard of it never will be. */
export function discard(turn: AgentTurn | null): void {
  turn?.abort.abort();
  turn?.utterance.drop();
}

/** The times of an answer to the callee; null for what the agent said by itself. */
export function latencyOf({ times }: AgentTurn): TurnLatency | null {
  const { transcribedMs, firstClauseMs, firstAudioMs, committedMs, voiceToVoiceMs } = times;
  if (
    transcribedMs === undefined ||
    firstClauseMs === undefined ||
    firstAudioMs === undefined ||
    committedMs === undefined ||
    voiceToVoiceMs === undefined
  ) {
    return null;
  }
  return {
    transcribedMs,
    firstWordMs: times.firstWordMs ?? null,
    firstClauseMs,
    firstAudioMs,
    committedMs,
    voiceToVoiceMs,
    filledMs: times.filledMs ?? null,
  };
}
