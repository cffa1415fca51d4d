import type { Passage } from '../conversation/passages.ts';
import type { Scripted } from '../conversation/script.ts';
import type { TurnLatency } from '../conversation/transcript.ts';
import type { Utterance } from './mouth.ts';

/** One turn of the agent, from its first draft to its last word. */
export interface AgentTurn {
  readonly utterance: Utterance;
  readonly abort: AbortController;
  readonly committed: PromiseWithResolvers<void>;
  readonly times: { -readonly [Stage in keyof TurnLatency]?: number };
  readonly script: Scripted | null;
  playingAt: number | null;
  /** What of the agent's documents its model was given for it. */
  passages: readonly Passage[];
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
