import type { Logger } from 'pino';
import { clauser, clausesOf } from '../conversation/clauses.ts';
import type {
  Chat,
  Message,
  Reply,
  SpeechDetector,
  Synthesizer,
  Transcriber,
} from '../conversation/engines.ts';
import { goesInCircles } from '../conversation/loops.ts';
import { type Passage, informed } from '../conversation/passages.ts';
import { phrasesOf } from '../conversation/phrases.ts';
import { leakGuard } from '../conversation/leaks.ts';
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
import { type ToolName, type TransferTarget, actionOf, toolNames, toolsOf } from '../conversation/tools.ts';
import type { SpokenTurn } from '../conversation/transcript.ts';
import {
  type StandardLine,
  type Turn,
  type TurnEffect,
  type TurnEvent,
  opening,
  stepTurn,
} from '../conversation/turn.ts';
import { type Actions, actAside } from './actions.ts';
import { type AgentTurn, discard, latencyOf } from './agent-turn.ts';
import { startHearing } from './hearing.ts';
import type { Line } from './line.ts';
import { type Utterance, utter } from './mouth.ts';
import { rehearse } from './rehearse.ts';
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
/** A callee waits for an answer, not for what it might have been better with. */
const RECALL_MS = 200;
/** The last words must be said within this time once the conversation is over. */
const LAST_WORDS_MS = 10_000;

/** Begins a conversation on a line that is not answered yet. */
export function startConversation(parts: ConversationParts): Conversation {
  const { log, scene } = parts;
  const phrases = phrasesOf[scene.language];
  const box = {
    allowed: parts.tools,
    fields: parts.actions?.fields ?? [],
    targets: parts.actions?.targets ?? [],
  };
  const tools = toolsOf(box);
  const history: Message[] = [];
  const ended = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const timers = new Set<NodeJS.Timeout>();
  const closing = new AbortController();
  let reading = new AbortController();
  let turn: Turn = opening;
  let dialog: Dialog = { state: 'free' };
  let draft: AgentTurn | null = null;
  let current: AgentTurn | null = null;
  let fillers = 0;
  let filledMs: number | undefined;
  let greeted = false;
  /** The callee waits to be put through. */
  let holding = false;
  /** Nobody takes them, and they have not been told. */
  let isBack = false;
  let answeredAt = performance.now();
  let calleeFrom = 0;
  let calleeUntil = 0;
  let transcribedAt = 0;
  let closed = false;

  /** For a callee who has talked into the opening: nobody answers what nobody has asked. */
  const openAgain: Scripted = { say: parts.opening, dialog, agreement: null, last: false };

  const hearing = startHearing({
    detector: parts.detector,
    transcriber: parts.transcriber,
    onSound(sound) {
      if (sound.type === 'voice') {
        if (turn.state === 'listening' || turn.state === 'answering') {
          hearing.begin(sound.ms);
          calleeFrom = performance.now() - sound.ms;
        }
      }
      dispatch(sound);
    },
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
    const rules = holding ? { noInputMs: Infinity } : parts;
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

  function begin(script: Scripted | null): AgentTurn {
    const times: AgentTurn['times'] = { transcribedMs: since(transcribedAt) };
    const answer: AgentTurn = {
      script,
      abort: new AbortController(),
      committed: Promise.withResolvers(),
      times,
      playingAt: null,
      passages: [],
      utterance: utter({
        line: parts.line,
        synthesizer: parts.synthesizer,
        onRendered: () => (times.firstAudioMs = since(performance.now())),
        onPlaying() {
          answer.playingAt = performance.now();
          times.voiceToVoiceMs = since(answer.playingAt);
          if (answer === current) dispatch({ type: 'audible' });
        },
      }),
    };
    return answer;
  }

  /** Milliseconds from the end of the callee's speech. */
  const since = (at: number): number => Math.round(at - calleeUntil);

  const sinceAnswer = (at: number): number => Math.max(0, Math.round(at - answeredAt));

  function answerTo(text: string): AgentTurn {
    const script = scripted(text, dialog, { ...scene, now: new Date() }) ?? (greeted ? null : openAgain);
    const answer = begin(script);
    if (script) {
      answer.times.firstClauseMs = since(performance.now());
      sayAll(answer.utterance, script.say);
      answer.utterance.end();
    } else {
      reading.abort();
      ask(answer, text).catch((error: unknown) => {
        if (!answer.abort.signal.aborted) lose(error);
      });
    }
    return answer;
  }

  /** Has the model read what it knows already, while the callee has not finished. */
  function readAhead(messages: readonly Message[], signal: AbortSignal): void {
    parts.chat.warm(messages, tools, signal).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, 'the model has not read ahead');
    });
  }

  /** Lets the model answer, and does what it then wants to do once the callee's turn is over. */
  async function ask(answer: AgentTurn, text: string): Promise<void> {
    const { utterance, times } = answer;
    const clauses = clauser();
    const uses: Extract<Reply, { type: 'use' }>[] = [];
    const isLeaking = leakGuard(parts.instruction.text);
    let leaked = false;
    let asks = false;
    const say = (clause: string): void => {
      leaked ||= isLeaking(clause);
      if (leaked) return;
      asks = clause.endsWith('?');
      times.firstClauseMs ??= since(performance.now());
      utterance.say(clause);
    };
    answer.passages = await recall(text);
    const known = informed(text, answer.passages, history);
    const messages = messagesFor(parts.instruction, [...history, { role: 'callee', text: known }]);
    for await (const reply of think(parts.chat, messages, tools, answer.abort.signal)) {
      times.firstWordMs ??= since(performance.now());
      if (reply.type === 'use') uses.push(reply);
      else for (const clause of clauses.push(reply.text)) say(clause);
    }
    for (const clause of clauses.flush()) say(clause);

    await answer.committed.promise;
    if (answer !== current) return;
    // A model that reads out its instructions does as somebody else wants.
    if (leaked) sayAll(utterance, phrases.allRight);
    const wanted = uses.flatMap((use) => (leaked ? null : actionOf(use, box)) ?? []);
    for (let left = uses.length - wanted.length; left > 0; left -= 1) parts.actions?.ignored();
    if (parts.actions) actAside(wanted, { actions: parts.actions, history, scene, now: new Date() });
    const [use] = toolNames.flatMap((name) => wanted.find(({ type }) => type === name) ?? []);
    const silent = !leaked && times.firstClauseMs === undefined;
    switch (use?.type) {
      case 'mark_dnc':
      case 'schedule_callback': {
        const now = new Date();
        const step =
          use.type === 'mark_dnc' ? optOut(text, scene) : callback(text, dialog, { ...scene, now });
        await settle(step);
        sayAll(utterance, step.say);
        break;
      }
      case 'transfer':
        if (silent) say(phrases.puttingThrough);
        putThrough(use.target, text).catch(lose);
        break;
      case 'end_call':
        // Who asks something waits for the answer, whatever a small model wants beside it.
        if (asks || holding) break;
        if (silent) say(phrases.goodbye);
        dispatch({ type: 'closing' });
        break;
      case undefined:
      case 'record_field':
      case 'send_dtmf':
        if (silent) say(phrases.fillers[0] ?? '');
    }
    utterance.end();
  }

  /** What the documents say about it; nothing where that can't be found out in time. */
  async function recall(text: string): Promise<readonly Passage[]> {
    const late = Promise.withResolvers<readonly Passage[]>();
    const timer = setTimeout(() => late.resolve([]), RECALL_MS);
    try {
      return await Promise.race([parts.recall(text), late.promise]);
    } catch (error) {
      log.warn({ err: error }, 'the documents were not searched');
      return [];
    } finally {
      clearTimeout(timer);
    }
  }

  /** The agent goes on talking to the callee while the target's phone rings. */
  async function putThrough(target: TransferTarget, said: string): Promise<void> {
    if (holding || !parts.actions) return;
    holding = true;
    const together = await parts.actions.putThrough(target, said);
    holding = false;
    if (together) return close();
    isBack = true;
    tellBack();
  }

  /** Nobody is interrupted for it. */
  function tellBack(): void {
    if (!isBack || turn.state !== 'listening') return;
    isBack = false;
    dispatch({ type: 'back' });
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
    answer.times.committedMs = since(performance.now());
    if (filledMs !== undefined) answer.times.filledMs = filledMs;
    const heard = { from: calleeFrom, until: calleeUntil, interrupted: false, latency: null, passages: [] };
    note({ speaker: 'callee', text, ...heard }, informed(text, answer.passages, history));
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
    noteAgent(answer, false);
    opened.resolve();
    dispatch({ type: 'spoken' });
    if (turn.state !== 'listening') return;
    reading = new AbortController();
    readAhead(messagesFor(parts.instruction, history), reading.signal);
  }

  function speakLine(line: StandardLine): void {
    current = begin(null);
    sayAll(current.utterance, phrases[line]);
    current.utterance.end();
    speak(current);
  }

  function fill(): void {
    const filler = phrases.fillers[fillers++ % phrases.fillers.length] ?? '';
    filledMs = since(performance.now());
    if (current?.playingAt === null) current.times.filledMs = filledMs;
    const bridge = utter({
      line: parts.line,
      synthesizer: parts.synthesizer,
      onRendered: () => undefined,
      onPlaying: () => undefined,
    });
    bridge.say(filler);
    bridge.end();
    bridge.release();
  }

  function giveUpTurn(): void {
    const given = current;
    current = null;
    opened.resolve();
    if (!given) return;
    discard(given);
    greeted ||= given.utterance.heard().length > parts.opening.length / 2;
    noteAgent(given, true);
  }

  function noteAgent(answer: AgentTurn, interrupted: boolean): void {
    const text = answer.utterance.heard();
    if (text === '' || answer.playingAt === null) return;
    const { playingAt: from, passages } = answer;
    const until = performance.now();
    note({ speaker: 'agent', text, from, until, interrupted, latency: latencyOf(answer), passages });
  }

  /** Keeps a turn; the model goes on knowing what it has been `told` with it. */
  function note(
    spoken: { from: number; until: number } & Omit<SpokenTurn, 'atMs' | 'untilMs'>,
    told = spoken.text,
  ): void {
    const { from, until, ...rest } = spoken;
    history.push({ role: rest.speaker, text: told });
    parts.onTurn({ ...rest, atMs: sinceAnswer(from), untilMs: sinceAnswer(until) });
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
    if (given) noteAgent(given, true);
    opened.resolve();
    ended.resolve();
  }

  const later = (ms: number, act: () => void): void => void timers.add(setTimeout(act, ms));

  return {
    ended: ended.promise,
    calleeSpoke: () => history.some(({ role }) => role === 'callee'),
    prepare() {
      current = begin(null);
      sayAll(current.utterance, parts.opening);
      current.utterance.end();
      const { signal } = current.abort;
      rehearse(parts.synthesizer, phrases, closing.signal).catch((error: unknown) => {
        if (!closing.signal.aborted) log.warn({ err: error }, 'what is often said was not rendered ahead');
      });
      readAhead([parts.instruction, { role: 'agent', text: parts.opening }], signal);
    },
    async open() {
      answeredAt = performance.now();
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

function sayAll(utterance: Utterance, text: string): void {
  for (const clause of clausesOf(text)) utterance.say(clause);
}
