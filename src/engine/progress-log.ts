import type { Logger } from 'pino';
import type { Call } from '../call/call.ts';
import { markProgress } from '../db/attempts.ts';
import type { AttemptState } from '../db/generated.ts';
import type { Connection } from '../db/database.ts';

const FLUSH_MS = 250;

/** How far a call has come, as the database keeps it; `leaving` says nothing new. */
const states: Readonly<Record<Call['state'], AttemptState | null>> = {
  reserved: 'reserved',
  dialing: 'dialing',
  ringing: 'ringing',
  speaking: 'answered',
  listening: null,
  leavingMessage: null,
  screened: null,
  handedOver: null,
  leaving: null,
  ended: 'ended',
};

/** Writes the states of live attempts behind the calls, several at once: they are for the eye, not for decisions. */
export interface ProgressLog {
  /** Returns the state reached, null when it is none that is kept. */
  note(attemptId: string, call: Call): AttemptState | null;
  stop(): void;
}

export function createProgressLog(db: Connection, log: Logger): ProgressLog {
  const waiting = new Map<string, 'ringing' | 'answered'>();
  const timer = setInterval(() => {
    if (waiting.size === 0) return;
    const batch = [...waiting].map(([id, state]) => ({ id, state }));
    waiting.clear();
    markProgress(db, { states: batch }).catch((error: unknown) => {
      log.error({ err: error }, 'progress could not be written');
    });
  }, FLUSH_MS);
  return {
    note(attemptId, call) {
      const state = states[call.state];
      if (state === 'ringing' || state === 'answered') waiting.set(attemptId, state);
      else if (state === 'ended') waiting.delete(attemptId);
      return state;
    },
    stop: () => clearInterval(timer),
  };
}
