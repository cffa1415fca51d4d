import type { Passage } from './passages.ts';

/** Milliseconds from the end of the callee's speech to each stage of the answer; null where a stage was not needed. */
export interface TurnLatency {
  /** The words were known. */
  readonly transcribedMs: number;
  /** The model began to answer. */
  readonly firstWordMs: number | null;
  /** There was a clause to speak. */
  readonly firstClauseMs: number;
  /** The first of it was rendered. */
  readonly firstAudioMs: number;
  /** The callee's turn was taken to be over. */
  readonly committedMs: number;
  /** The first of the answer, not of a filler, left for the callee. */
  readonly voiceToVoiceMs: number;
  /** A filler bridged the wait from here on. */
  readonly filledMs: number | null;
}

/** One turn as it was: of the callee what was understood, of the agent what was heard. Times count from the answer. */
export interface SpokenTurn {
  readonly speaker: 'agent' | 'callee';
  readonly atMs: number;
  readonly untilMs: number;
  readonly text: string;
  readonly interrupted: boolean;
  readonly latency: TurnLatency | null;
  /** What of the agent's documents an answer was given from. */
  readonly passages: readonly Passage[];
}
