import type { Message } from '../conversation/engines.ts';
import type { SpokenTurn } from '../conversation/transcript.ts';
import { type AgentTurn, latencyOf } from './agent-turn.ts';

/** Keeps what was said: as the model goes on knowing it, and for the records, where times count from the answer. */
export interface Minutes {
  readonly history: readonly Message[];
  /** The callee has answered. */
  answered(): void;
  /** What the callee has said, and what the model was `told` with it; times on the clock of `performance`. */
  callee(turn: {
    readonly text: string;
    readonly from: number;
    readonly until: number;
    readonly told: string;
  }): void;
  /** What was heard of a turn of the agent, if anything was. */
  agent(turn: AgentTurn, interrupted: boolean): void;
}

/** Begins with nothing said. */
export function takeMinutes(onTurn: (turn: SpokenTurn) => void): Minutes {
  const history: Message[] = [];
  let answeredAt = performance.now();
  const sinceAnswer = (at: number): number => Math.max(0, Math.round(at - answeredAt));

  return {
    history,
    answered: () => void (answeredAt = performance.now()),
    callee({ text, from, until, told }) {
      history.push({ role: 'callee', text: told });
      const times = { atMs: sinceAnswer(from), untilMs: sinceAnswer(until) };
      onTurn({ speaker: 'callee', text, ...times, interrupted: false, latency: null, passages: [] });
    },
    agent(turn, interrupted) {
      const text = turn.utterance.heard();
      if (text === '' || turn.playingAt === null) return;
      history.push({ role: 'agent', text });
      const times = { atMs: sinceAnswer(turn.playingAt), untilMs: sinceAnswer(performance.now()) };
      const { passages } = turn;
      onTurn({ speaker: 'agent', text, ...times, interrupted, latency: latencyOf(turn), passages });
    },
  };
}
