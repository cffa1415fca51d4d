import { isHum, looksFinished } from './finished.ts';

/**
 *   meeting ──the callee has said hello, or nothing for 1.5 s (who has rung us, 0.2 s)──► answering
 *
 *                 voice             quiet 200 ms            sure, and quiet for long enough
 *   listening ───────────► hearing ──────────────► pausing ──────────────────► answering ──spoken, last──► ended
 *    ▲  │ quiet: asks         ▲   ◄────voice─────── │ │ nothing said            │  ▲  │  ▲
 *    │  └──────────────────── │ ──────────────────  │ │ ──────────────────────► │  │  │ voice
 *    │◄────────────────────── │ ────────────────────┼─┘                         │  │  ▼  │ nothing, or a hum
 *    │◄────────────────────── │ ────────────────────┼──────── spoken ───────────┘  │ yielding
 *                             └─────────────────────┼─────── voice for long ───────┼──┘  │
 *                                                   └◄────────────────────── words ┼─────┘
 *
 * Who has the turn, decided in audio time. In `pausing` the reply is drafted while the end of the callee's turn is
 * still being confirmed; nothing of it is heard before `release`. In `yielding` the agent holds its tongue until it is
 * known whether the callee takes the turn or only coughs.
 */
export type Turn =
  | { readonly state: 'meeting'; readonly greeted: boolean; readonly helloMs: number }
  | { readonly state: 'listening'; readonly asked: boolean; readonly quietFromMs: number | null }
  | { readonly state: 'hearing'; readonly asked: boolean }
  | {
      readonly state: 'pausing';
      readonly asked: boolean;
      readonly quietMs: number;
      readonly heard: Heard | null;
      readonly filled: boolean;
    }
  | (AgentTurn & { readonly state: 'answering' })
  | (AgentTurn & { readonly state: 'yielding'; readonly quietMs: number; readonly transcribing: boolean })
  | { readonly state: 'ended' };

/** `audible`: the callee has heard some of it. `last`: the call ends with it. */
type AgentTurn = {
  readonly asked: boolean;
  readonly last: boolean;
  readonly audible: boolean;
  readonly filled: boolean;
};

type Heard = { readonly text: string; readonly sure: boolean };

export type TurnState = Turn['state'];

export type TurnEvent =
  /** The callee has been speaking for `ms`. */
  | { readonly type: 'voice'; readonly ms: number }
  /** The callee has been quiet for `ms`. */
  | { readonly type: 'quiet'; readonly ms: number }
  | { readonly type: 'transcript'; readonly text: string; readonly sure: boolean }
  /** The agent's turn begins to be heard. */
  | { readonly type: 'audible' }
  /** What the agent says now are its last words. */
  | { readonly type: 'closing' }
  /** The agent's turn has been heard to its end. */
  | { readonly type: 'spoken' }
  /** An engine has failed for good. */
  | { readonly type: 'lost' }
  /** The conversation has lasted as long as it may. */
  | { readonly type: 'over' }
  /** Nobody takes the call to whom the callee was to be put through. */
  | { readonly type: 'back' }
  /** The callee has pressed the key that means: no more calls. It is on the list. */
  | { readonly type: 'never' };

export type TurnEffect =
  /** Begin to speak: the opening is ready. */
  | { readonly type: 'open' }
  /** Transcribe what was heard since the callee began. */
  | { readonly type: 'transcribe' }
  /** Draft the reply to this; nobody hears it yet. */
  | { readonly type: 'think'; readonly text: string }
  /** Forget transcription and draft: the callee goes on. */
  | { readonly type: 'drop' }
  /** The callee's turn is over: let the draft be heard. */
  | { readonly type: 'release'; readonly text: string }
  /** Bridge the wait for the reply. */
  | { readonly type: 'fill' }
  /** Stop at once, but keep what has not been heard. */
  | { readonly type: 'mute' }
  | { readonly type: 'resume' }
  /** Give up the agent's turn: forget what has not been heard. */
  | { readonly type: 'yield' }
  | { readonly type: 'say'; readonly line: StandardLine }
  | { readonly type: 'end' };

/** What the agent says without being asked. */
export type StandardLine = 'stillThere' | 'giveUp' | 'tooLong' | 'optedOut' | 'sorry' | 'notThere';

/** How long a callee who says nothing is waited for, before the agent asks and once more before it ends the call. */
export type TurnRules = { readonly noInputMs: number };

export type TurnStep = readonly [Turn, ...TurnEffect[]];

/** A callee who says hello does so within this time; after it the agent begins by itself (I10). */
const HELLO_MS = 1500;
/** Nobody goes on after a hello: less quiet ends it than a sentence. */
const GREETED_MS = 180;
const PAUSE_MS = 200;
const FINISHED_MS = 300;
const UNFINISHED_MS = 1200;
/**
 * The callee waits no longer than 1.2 s in silence, for words to be understood as little as for an answer (F23, F24);
 * the detector and the line take up to 200 ms of that.
 */
const FILL_MS = 1000;
/** Nobody hums for this long: the callee takes the turn. */
const TAKES_TURN_MS = 1000;

const silent = { last: false, audible: false, filled: false };

/** Whoever takes a call says hello first. */
export const opening: Turn = { state: 'meeting', greeted: false, helloMs: HELLO_MS };

/** Whoever has rung us waits for our hello. */
export const reception: Turn = { state: 'meeting', greeted: false, helloMs: PAUSE_MS };

/** Advances the conversation by one event; an event that the state does not expect leaves it as it was. */
export function stepTurn(turn: Turn, event: TurnEvent, rules: TurnRules): TurnStep {
  if (turn.state === 'ended') return [turn];
  if (event.type === 'over') return lastLine(turn, 'tooLong');
  if (event.type === 'never') return lastLine(turn, 'optedOut');
  if (event.type === 'lost') {
    const already = 'last' in turn && turn.last;
    return already ? [{ state: 'ended' }, { type: 'end' }] : lastLine(turn, 'sorry');
  }
  switch (turn.state) {
    case 'meeting':
      return meet(turn, event);
    case 'listening':
      return listen(turn, event, rules);
    case 'hearing':
      if (event.type !== 'quiet' || event.ms < PAUSE_MS) return [turn];
      return [
        { state: 'pausing', asked: turn.asked, quietMs: event.ms, heard: null, filled: false },
        { type: 'transcribe' },
      ];
    case 'pausing':
      return pause(turn, event);
    case 'answering':
      return answer(turn, event);
    case 'yielding':
      return giveWay(turn, event);
  }
}

type In<S extends TurnState> = Extract<Turn, { state: S }>;
type Expected = Exclude<TurnEvent, { type: 'over' | 'never' | 'lost' }>;

function meet(turn: In<'meeting'>, event: Expected): TurnStep {
  if (event.type === 'voice') return [{ ...turn, greeted: true }];
  if (event.type !== 'quiet' || event.ms < (turn.greeted ? GREETED_MS : turn.helloMs)) return [turn];
  return [
    { state: 'answering', ...silent, asked: false, filled: true },
    { type: 'open' },
    // No turn, but it may be a machine that speaks.
    ...(turn.greeted ? [{ type: 'transcribe' } as const] : []),
  ];
}

function listen(turn: In<'listening'>, event: Expected, { noInputMs }: TurnRules): TurnStep {
  if (event.type === 'voice') return [{ state: 'hearing', asked: turn.asked }];
  if (event.type === 'back') {
    return [
      { state: 'answering', ...silent, asked: false, filled: true },
      { type: 'say', line: 'notThere' },
    ];
  }
  if (event.type !== 'quiet') return [turn];
  const quietFromMs = Math.min(turn.quietFromMs ?? event.ms, event.ms);
  if (event.ms - quietFromMs < noInputMs) return [{ ...turn, quietFromMs }];
  return [
    { state: 'answering', ...silent, asked: true, last: turn.asked, filled: true },
    { type: 'say', line: turn.asked ? 'giveUp' : 'stillThere' },
  ];
}

function pause(turn: In<'pausing'>, event: Expected): TurnStep {
  if (event.type === 'voice') return [{ state: 'hearing', asked: turn.asked }, { type: 'drop' }];
  if (event.type === 'quiet') {
    const [next, ...effects] = commit({ ...turn, quietMs: event.ms });
    // Whoever has not finished their sentence is not talked into.
    if (next.state !== 'pausing' || next.filled || next.heard?.sure || event.ms < FILL_MS)
      return [next, ...effects];
    return [{ ...next, filled: true }, { type: 'fill' }];
  }
  if (event.type !== 'transcript') return [turn];
  const { text, sure } = event;
  if (text === '') {
    if (!sure) return [turn];
    return [{ state: 'listening', asked: turn.asked, quietFromMs: null }, { type: 'drop' }];
  }
  const [next, ...effects] = commit({ ...turn, heard: { text, sure } });
  if (text === turn.heard?.text) return [next, ...effects];
  const again: TurnEffect[] = turn.heard ? [{ type: 'drop' }] : [];
  return [next, ...again, { type: 'think', text }, ...effects];
}

/** Ends the callee's turn if the silence and the words allow it. */
function commit(turn: In<'pausing'>): TurnStep {
  if (!turn.heard?.sure) return [turn];
  const { text } = turn.heard;
  if (turn.quietMs < (looksFinished(text) ? FINISHED_MS : UNFINISHED_MS)) return [turn];
  return [
    { state: 'answering', asked: false, ...silent, filled: turn.filled },
    { type: 'release', text },
  ];
}

function answer(turn: In<'answering'>, event: Expected): TurnStep {
  switch (event.type) {
    case 'voice':
      return [
        { ...turn, state: 'yielding', quietMs: 0, transcribing: false },
        { type: 'mute' },
        // The words of a hello may still be on their way.
        { type: 'drop' },
      ];
    case 'audible':
      return [{ ...turn, audible: true }];
    case 'closing':
      return [{ ...turn, last: true }];
    case 'spoken':
      if (turn.last) return [{ state: 'ended' }, { type: 'end' }];
      return [{ state: 'listening', asked: turn.asked, quietFromMs: null }];
    case 'quiet':
      if (event.ms < FILL_MS || turn.audible || turn.filled) return [turn];
      return [{ ...turn, filled: true }, { type: 'fill' }];
    case 'transcript':
    case 'back':
      return [turn];
  }
}

function giveWay(turn: In<'yielding'>, event: Expected): TurnStep {
  const { asked, last, audible, filled } = turn;
  switch (event.type) {
    case 'voice':
      if (event.ms >= TAKES_TURN_MS) {
        return [{ state: 'hearing', asked: false }, ...dropIf(turn.transcribing), { type: 'yield' }];
      }
      return [{ ...turn, quietMs: 0, transcribing: false }, ...dropIf(turn.transcribing)];
    case 'quiet':
      if (event.ms < PAUSE_MS) return [turn];
      return [
        { ...turn, quietMs: event.ms, transcribing: true },
        ...(turn.transcribing ? [] : [{ type: 'transcribe' } as const]),
        ...(event.ms >= FILL_MS && !isBridged(turn) ? [{ type: 'fill' } as const] : []),
      ];
    case 'transcript':
      if (isHum(event.text)) {
        if (!event.sure) return [turn];
        return [{ state: 'answering', asked, last, audible, filled }, { type: 'resume' }];
      }
      return [
        {
          state: 'pausing',
          asked: false,
          quietMs: turn.quietMs,
          heard: { text: event.text, sure: event.sure },
          filled: isBridged(turn),
        },
        { type: 'yield' },
        { type: 'think', text: event.text },
      ];
    case 'spoken':
      if (!turn.transcribing) return [{ state: 'hearing', asked }];
      return [{ state: 'pausing', asked, quietMs: turn.quietMs, heard: null, filled: isBridged(turn) }];
    case 'audible':
      return [{ ...turn, audible: true }];
    case 'closing':
      return [{ ...turn, last: true }];
    case 'back':
      return [turn];
  }
}

function lastLine(turn: Exclude<Turn, { state: 'ended' }>, line: StandardLine): TurnStep {
  const agentHasTurn = ['meeting', 'answering', 'yielding'].includes(turn.state);
  return [
    { state: 'answering', asked: 'asked' in turn && turn.asked, last: true, audible: false, filled: true },
    { type: 'drop' },
    ...(agentHasTurn ? [{ type: 'yield' } as const] : []),
    { type: 'say', line },
  ];
}

/** Whether the callee has been told that their words take a while to understand. */
const isBridged = ({ quietMs }: In<'yielding'>): boolean => quietMs >= FILL_MS;

const dropIf = (transcribing: boolean): TurnEffect[] => (transcribing ? [{ type: 'drop' }] : []);
