import type { Logger } from 'pino';
import type { Chat, Message, SpeechDetector, Synthesizer, Transcriber } from '../conversation/engines.ts';
import { goesInCircles } from '../conversation/loops.ts';
import { type Passage, informed } from '../conversation/passages.ts';
import { phrasesFor } from '../conversation/phrases.ts';
import { messagesFor, utterance as heardWords } from '../conversation/prompt.ts';
import {
  type Agreement,
  type Dialog,
  type Scene,
  type Scripted,
  callback,
  optOut,
  scripted,
} from '../conversation/script.ts';
import { type ToolName, toolsOf } from '../conversation/tools.ts';
import type { SpokenTurn } from '../conversation/transcript.ts';
import {
  type StandardLine,
  type Turn,
  type TurnEffect,
  type TurnEvent,
  opening,
  reception,
  stepTurn,
} from '../conversation/turn.ts';
import { type Actions, actAside } from './actions.ts';
import { type AgentTurn, beginTurn, discard, sayAll, sayClause, sayWhole } from './agent-turn.ts';
import { type Composed, compose } from './compose.ts';
import { createHandOver } from './hand-over.ts';
import { startHearing } from './hearing.ts';
import type { Line } from './line.ts';
import { takeMinutes } from './minutes.ts';
import { recallInTime } from './recall.ts';
import { readAhead, rehearse } from './rehearse.ts';
import { think } from './thinking.ts';

/** A conversation on a line: it is fed with what the callee says, and speaks by itself. */
export interface Conversation {
  /** Renders what will be said first and has the model read its instructions, while the phone rings. */
  prepare(): void;
  /** The callee has answered: lets them say hello and speaks the opening; resolves when that is over or given up. */
  open(): Promise<void>;
  /** Takes the next 20 ms of what the callee says: 16 kHz mono PCM. */
  hear(frame: Int16Array): void;
  /** The callee has asked for no more calls by other means than speech. */
  optOut(how: string): Promise<void>;
  /** Resolves when nothing is left to say; the call may be ended. */
  readonly ended: Promise<void>;
  /** Whether the callee has said anything. */
  calleeSpoke(): boolean;
  /** Falls silent and stops all work. */
  close(): void;
}

/** What a conversation is made of. */
export interface ConversationParts {
  readonly line: Line;
  readonly chat: Chat;
  readonly transcriber: Transcriber;
  readonly detector: SpeechDetector;
  readonly synthesizer: Synthesizer;
  readonly instruction: Message;
  /** What the agent says first. */
  readonly opening: string;
  readonly scene: Omit<Scene, 'now'>;
  readonly tools: readonly ToolName[];
  /** Finds what the agent's documents say about what was said. */
  readonly recall: (said: string) => Promise<readonly Passage[]>;
  /** Absent where there is nothing to act on. */
  readonly actions?: Actions;
  readonly noInputMs: number;
  readonly longestMs: number;
  /** Makes an agreement durable; it is acknowledged to the callee only then. */
  readonly agree: (agreement: Agreement) => Promise<void>;
  readonly onTurn: (turn: SpokenTurn) => void;
  /** What is heard, as soon as it is put into words, also what is no turn. */
  readonly onWords: (text: string) => void;
  readonly log: Logger;
}

/** The machine asks for a transcription after this much quiet. */
const PAUSE_MS = 200;
/** What a callee says is overheard each time that they have spoken for as long again. */
const OVERHEAR_EVERY_MS = 700;
/** The last words must be said within this time once the conversation is over. */
const LAST_WORDS_MS = 10_000;

/** Begins a conversation on a line that is not answered yet. */
export function startConversation(parts: ConversationParts): Conversation {
  const { log, scene } = parts;
  const phrases = phrasesFor(scene);
  const box = {
    allowed: parts.tools,
    fields: parts.actions?.fields ?? [],
    targets: parts.actions?.targets ?? [],
  };
  const tools = toolsOf(box);
  const minutes = takeMinutes(parts.onTurn);
  const { history } = minutes;
  const ended = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const timers = new Set<NodeJS.Timeout>();
  const closing = new AbortController();
  let reading = new AbortController();
  let turn: Turn = scene.inbound ? reception : opening;
  let dialog: Dialog = { state: 'free' };
  let draft: AgentTurn | null = null;
  let current: AgentTurn | null = null;
  let fillers = 0;
  let filledMs: number | undefined;
  let greeted = false;
  let calleeFrom = 0;
  let calleeUntil = 0;
  let transcribedAt = 0;
  let overheardMs = 0;
  let closed = false;

  /** For a callee who has talked into the opening: nobody answers what nobody has asked. */
  const openAgain: Scripted = { say: parts.opening, dialog, agreement: null, last: false };

  const handOver = createHandOver({ actions: parts.actions, onTogether: close, onBack: tellBack, log });
  const hearing = startHearing({
    detector: parts.detector,
    transcriber: parts.transcriber,
    onSound(sound) {
      if (sound.type === 'voice' && (turn.state === 'listening' || turn.state === 'answering')) {
        hearing.begin(sound.ms);
        calleeFrom = performance.now() - sound.ms;
      }
      dispatch(sound);
      if (sound.type !== 'voice' || turn.state !== 'hearing') return;
      overheardMs = Math.min(overheardMs, sound.ms);
      if (sound.ms - overheardMs < OVERHEAR_EVERY_MS) return;
      overheardMs = sound.ms;
      hearing.overhear();
    },
    onPartial: (text) => void foresee(text),
    onTranscript(transcript) {
      transcribedAt = performance.now();
      if (transcript.text !== '') parts.onWords(transcript.text);
      dispatch({ type: 'transcript', ...transcript, text: heardWords(transcript.text) });
    },
    onUnheard(error) {
      // A hello is no turn: the conversation goes on without its words.
      if (turn.state === 'pausing' || turn.state === 'yielding') lose(error);
      else log.warn({ err: error }, 'what the callee said was not put into words');
    },
    onLost: lose,
  });

  function lose(error: unknown): void {
    if (closed) return;
    log.error({ err: error }, 'an engine of the conversation failed');
    dispatch({ type: 'lost' });
  }

  function dispatch(event: TurnEvent): void {
    if (closed) return;
    const rules = handOver.isWaiting() ? { noInputMs: Infinity } : parts;
    const [next, ...effects] = stepTurn(turn, event, rules);
    if (next.state !== turn.state) log.debug({ from: turn.state, to: next.state, event: event.type }, 'turn');
    turn = next;
    for (const effect of effects) perform(effect);
    tellBack();
  }

  function perform(effect: TurnEffect): void {
    switch (effect.type) {
      case 'open':
        if (current) speak(current);
        return;
      case 'transcribe':
        calleeUntil = performance.now() - PAUSE_MS;
        filledMs = undefined;
        hearing.transcribe();
        return;
      case 'think':
        draft = answerTo(effect.text);
        return;
      case 'drop':
        hearing.drop();
        discard(draft);
        draft = null;
        return;
      case 'release':
        return void release(effect.text).catch(lose);
      case 'fill':
        return fill();
      case 'mute':
        return current?.utterance.mute();
      case 'resume':
        return current?.utterance.resume();
      case 'yield':
        return giveUpTurn();
      case 'say':
        return speakLine(effect.line);
      case 'end':
        return ended.resolve();
    }
  }

  /** Milliseconds from the end of the callee's speech. */
  const sinceCallee = (at = performance.now()): number => Math.round(at - calleeUntil);

  const begin = (script: Scripted | null = null): AgentTurn =>
    beginTurn(script, {
      line: parts.line,
      synthesizer: parts.synthesizer,
      transcribedMs: () => sinceCallee(transcribedAt),
      sinceCallee,
      onPlaying(answer) {
        if (answer === current) dispatch({ type: 'audible' });
      },
    });

  function answerTo(text: string): AgentTurn {
    const script = scripted(text, dialog, { ...scene, now: new Date() }) ?? (greeted ? null : openAgain);
    const answer = begin(script);
    if (script) {
      answer.times.firstClauseMs = sinceCallee();
      sayWhole(answer.utterance, script.say);
    } else {
      reading.abort();
      ask(answer, text).catch((error: unknown) => {
        if (!answer.abort.signal.aborted) lose(error);
      });
    }
    return answer;
  }

  /** Has the model read what was overheard, with what the documents say about it; the last word may be half of one. */
  async function foresee(overheard: string): Promise<void> {
    const text = heardWords(overheard).replace(/\s*\S+$/u, '');
    if (text === '') return;
    const known = informed(text, await recallInTime(parts.recall, text, log), history);
    if (turn.state !== 'hearing') return;
    reading.abort();
    reading = new AbortController();
    const messages = messagesFor(parts.instruction, [...history, { role: 'callee', text: known }]);
    readAhead(parts.chat, messages, tools, reading.signal, log);
  }

  /** Lets the model answer, and does what it then wants to do once the callee's turn is over. */
  async function ask(answer: AgentTurn, text: string): Promise<void> {
    answer.passages = await recallInTime(parts.recall, text, log);
    const known = informed(text, answer.passages, history);
    const messages = messagesFor(parts.instruction, [...history, { role: 'callee', text: known }]);
    const composed = await compose(think(parts.chat, messages, tools, answer.abort.signal), {
      instruction: parts.instruction.text,
      onWord: () => (answer.times.firstWordMs ??= sinceCallee()),
      say: (clause) => sayClause(answer, clause),
    });
    await answer.committed.promise;
    if (answer !== current) return;
    await act(answer, composed, text);
    answer.utterance.end();
  }

  /** Does what the model wants beside its words, as far as its lists allow it, and speaks where it has said nothing. */
  async function act(
    answer: AgentTurn,
    { uses, leaked, asks, silent }: Composed,
    said: string,
  ): Promise<void> {
    const now = new Date();
    // A model that reads out its instructions does as somebody else wants.
    if (leaked) sayAll(answer.utterance, phrases.allRight);
    const may = leaked ? { ...box, allowed: [] } : box;
    const use = actAside(uses, may, { actions: parts.actions, history, scene, now });
    const unlessSaid = (text: string): void => {
      if (silent) sayClause(answer, text);
    };
    switch (use?.type) {
      case 'mark_dnc':
      case 'schedule_callback': {
        const step =
          use.type === 'mark_dnc' ? optOut(said, scene) : callback(said, dialog, { ...scene, now });
        await settle(step);
        return sayAll(answer.utterance, step.say);
      }
      case 'transfer':
        unlessSaid(phrases.puttingThrough);
        return handOver.start(use.target, said);
      case 'end_call':
        // Who asks something waits for the answer, whatever a small model wants beside it.
        if (asks || handOver.isWaiting()) return;
        unlessSaid(phrases.goodbye);
        return dispatch({ type: 'closing' });
      case undefined:
        unlessSaid(phrases.fillers[0] ?? '');
    }
  }

  /** Nobody is interrupted for it. */
  function tellBack(): void {
    if (turn.state === 'listening' && handOver.takeBack()) dispatch({ type: 'back' });
  }

  /** Makes durable what a step of the script agrees on, and takes note of where it leads. */
  async function settle(step: Scripted): Promise<void> {
    if (step.agreement) await parts.agree(step.agreement);
    dialog = step.dialog;
    if (step.last) dispatch({ type: 'closing' });
  }

  async function release(text: string): Promise<void> {
    const answer = draft;
    if (!answer) return;
    draft = null;
    current = answer;
    answer.times.committedMs = sinceCallee();
    if (filledMs !== undefined) answer.times.filledMs = filledMs;
    const told = informed(text, answer.passages, history);
    minutes.callee({ text, from: calleeFrom, until: calleeUntil, told });
    answer.committed.resolve();
    if (goesInCircles(history)) return dispatch({ type: 'over' });
    if (answer.script) await settle(answer.script);
    if (answer === current) speak(answer);
  }

  /** Lets a turn of the agent be heard, and takes note of it when it has been. */
  function speak(answer: AgentTurn): void {
    answer.utterance.release();
    follow(answer).catch(lose);
  }

  async function follow(answer: AgentTurn): Promise<void> {
    const whole = await answer.utterance.done;
    if (!whole || answer !== current) return;
    current = null;
    greeted = true;
    minutes.agent(answer, false);
    opened.resolve();
    dispatch({ type: 'spoken' });
    if (turn.state !== 'listening') return;
    reading = new AbortController();
    readAhead(parts.chat, messagesFor(parts.instruction, history), tools, reading.signal, log);
  }

  function speakLine(line: StandardLine): void {
    current = begin();
    sayWhole(current.utterance, phrases[line]);
    speak(current);
  }

  function fill(): void {
    const filler = phrases.fillers[fillers++ % phrases.fillers.length] ?? '';
    filledMs = sinceCallee();
    if (current?.playingAt === null) current.times.filledMs = filledMs;
    const { utterance } = begin();
    sayWhole(utterance, filler);
    utterance.release();
  }

  function giveUpTurn(): void {
    const given = current;
    current = null;
    opened.resolve();
    if (!given) return;
    discard(given);
    greeted ||= given.utterance.heard().length > parts.opening.length / 2;
    minutes.agent(given, true);
  }

  function close(): void {
    closed = true;
    closing.abort();
    reading.abort();
    for (const timer of timers) clearTimeout(timer);
    hearing.stop();
    const given = current;
    current = null;
    discard(draft);
    discard(given);
    if (given) minutes.agent(given, true);
    opened.resolve();
    ended.resolve();
  }

  const later = (ms: number, act: () => void): void => void timers.add(setTimeout(act, ms));

  return {
    ended: ended.promise,
    calleeSpoke: () => history.some(({ role }) => role === 'callee'),
    prepare() {
      current = begin();
      sayWhole(current.utterance, parts.opening);
      rehearse(parts.synthesizer, phrases, closing.signal, log);
      const known: Message[] = [parts.instruction, { role: 'agent', text: parts.opening }];
      readAhead(parts.chat, known, tools, current.abort.signal, log);
    },
    async open() {
      minutes.answered();
      later(parts.longestMs, () => dispatch({ type: 'over' }));
      later(parts.longestMs + LAST_WORDS_MS, () => ended.resolve());
      await opened.promise;
    },
    hear: (frame) => hearing.push(frame),
    async optOut(how) {
      await parts.agree({ type: 'neverAgain', said: how });
      dispatch({ type: 'never' });
    },
    close,
  };
}
