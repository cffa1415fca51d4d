import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Turn,
  type TurnEffect,
  type TurnEvent,
  type TurnState,
  opening,
  reception,
  stepTurn,
} from '../../../src/conversation/turn.ts';

const rules = { noInputMs: 7000 };
const speaking = { asked: false, last: false, audible: true, filled: false };
const turns: Record<TurnState, Turn> = {
  meeting: { state: 'meeting', greeted: false, helloMs: 1500 },
  listening: { state: 'listening', asked: false, quietFromMs: 0 },
  hearing: { state: 'hearing', asked: false },
  pausing: { state: 'pausing', asked: false, quietMs: 200, heard: null, filled: false },
  answering: { state: 'answering', ...speaking },
  yielding: { state: 'yielding', ...speaking, quietMs: 0, transcribing: false },
  ended: { state: 'ended' },
};

const events = {
  voice: { type: 'voice', ms: 60 },
  'voice for long': { type: 'voice', ms: 1000 },
  'a gap': { type: 'quiet', ms: 100 },
  'a pause': { type: 'quiet', ms: 300 },
  'long silence': { type: 'quiet', ms: 7000 },
  'finished words': { type: 'transcript', text: 'Yes, please.', sure: true },
  'unsure words': { type: 'transcript', text: 'Yes, police.', sure: false },
  'a hum': { type: 'transcript', text: 'Mm-hmm.', sure: true },
  'nothing said': { type: 'transcript', text: '', sure: true },
  audible: { type: 'audible' },
  closing: { type: 'closing' },
  spoken: { type: 'spoken' },
  back: { type: 'back' },
  lost: { type: 'lost' },
  over: { type: 'over' },
  never: { type: 'never' },
} as const satisfies Record<string, TurnEvent>;

type Cell = readonly [TurnState, ...TurnEffect['type'][]];
type Row = Record<keyof typeof events, Cell>;
const stay = (state: TurnState): Row => ({
  voice: [state],
  'voice for long': [state],
  'a gap': [state],
  'a pause': [state],
  'long silence': [state],
  'finished words': [state],
  'unsure words': [state],
  'a hum': [state],
  'nothing said': [state],
  audible: [state],
  closing: [state],
  spoken: [state],
  back: [state],
  lost: ['answering', 'drop', 'say'],
  over: ['answering', 'drop', 'say'],
  never: ['answering', 'drop', 'say'],
});

const table: Record<TurnState, Row> = {
  meeting: {
    ...stay('meeting'),
    'long silence': ['answering', 'open'],
    lost: ['answering', 'drop', 'yield', 'say'],
    over: ['answering', 'drop', 'yield', 'say'],
    never: ['answering', 'drop', 'yield', 'say'],
  },
  listening: {
    ...stay('listening'),
    back: ['answering', 'say'],
    voice: ['hearing'],
    'voice for long': ['hearing'],
    'long silence': ['answering', 'say'],
  },
  hearing: {
    ...stay('hearing'),
    'a pause': ['pausing', 'transcribe'],
    'long silence': ['pausing', 'transcribe'],
  },
  pausing: {
    ...stay('pausing'),
    voice: ['hearing', 'drop'],
    'voice for long': ['hearing', 'drop'],
    'long silence': ['pausing', 'fill'],
    'finished words': ['pausing', 'think'],
    'unsure words': ['pausing', 'think'],
    'a hum': ['pausing', 'think'],
    'nothing said': ['listening', 'drop'],
  },
  answering: {
    ...stay('answering'),
    voice: ['yielding', 'mute', 'drop'],
    'voice for long': ['yielding', 'mute', 'drop'],
    spoken: ['listening'],
    lost: ['answering', 'drop', 'yield', 'say'],
    over: ['answering', 'drop', 'yield', 'say'],
    never: ['answering', 'drop', 'yield', 'say'],
  },
  yielding: {
    ...stay('yielding'),
    'voice for long': ['hearing', 'yield'],
    'a pause': ['yielding', 'transcribe'],
    'long silence': ['yielding', 'transcribe', 'fill'],
    'finished words': ['pausing', 'yield', 'think'],
    'unsure words': ['pausing', 'yield', 'think'],
    'a hum': ['answering', 'resume'],
    'nothing said': ['answering', 'resume'],
    spoken: ['hearing'],
    lost: ['answering', 'drop', 'yield', 'say'],
    over: ['answering', 'drop', 'yield', 'say'],
    never: ['answering', 'drop', 'yield', 'say'],
  },
  ended: { ...stay('ended'), lost: ['ended'], over: ['ended'], never: ['ended'] },
};

const cells = Object.entries(table).flatMap(([state, row]) =>
  Object.entries(row).map(([event, cell]) => ({ state, event, cell })),
);
test.each(cells)('$state × $event', ({ state, event, cell }) => {
  const [next, ...effects] = stepTurn(turns[state as TurnState], events[event as keyof typeof events], rules);
  expect([next.state, ...effects.map(({ type }) => type)]).toEqual(cell);
});

/** Plays events one after the other; returns the last state and all effects. */
function play(from: Turn, ...played: readonly TurnEvent[]): { turn: Turn; effects: readonly TurnEffect[] } {
  const effects: TurnEffect[] = [];
  let turn = from;
  for (const event of played) {
    const [next, ...done] = stepTurn(turn, event, rules);
    turn = next;
    effects.push(...done);
  }
  return { turn, effects };
}
const quiet = (ms: number): TurnEvent => ({ type: 'quiet', ms });
const words = (text: string, sure = true): TurnEvent => ({ type: 'transcript', text, sure });
const types = (effects: readonly TurnEffect[]): readonly string[] => effects.map(({ type }) => type);

test('the agent begins when the callee has said hello, or 1.5 s after the answer', () => {
  expect(types(play(opening, quiet(1400), quiet(1500)).effects)).toEqual(['open']);
  expect(types(play(opening, quiet(1400)).effects)).toEqual([]);
  // Who has rung us is greeted at once.
  expect(types(play(reception, quiet(100), quiet(200)).effects)).toEqual(['open']);
  const hello = play(opening, quiet(300), events.voice, events['voice for long'], quiet(100));
  expect(types(hello.effects)).toEqual([]);
  expect(types(play(hello.turn, quiet(200)).effects)).toEqual(['open', 'transcribe']);
});

test.each([
  ['Yes, that suits me.', 300],
  ['Where can I park?', 300],
  ['Yes, that suits me, but', 1200],
  ['My name is.', 1200],
  ['Well...', 1200],
  ['And then I', 1200],
])('"%s" is answered after %i ms of silence', (text, ms) => {
  const until = play(turns.pausing, words(text), quiet(ms - 100));
  expect(types(until.effects)).toEqual(['think']);
  expect(play(until.turn, quiet(ms)).effects).toEqual([{ type: 'release', text }]);
});

test('a transcript that comes late is answered at once', () => {
  expect(types(play(turns.pausing, quiet(700), words('Yes.')).effects)).toEqual(['think', 'release']);
});

test('an unsure transcript is thought about, but only a sure one is answered', () => {
  const unsure = play(turns.pausing, words('Yes, police.', false), quiet(900));
  expect(types(unsure.effects)).toEqual(['think']);
  expect(play(unsure.turn, words('Yes, please.')).effects).toEqual([
    { type: 'drop' },
    { type: 'think', text: 'Yes, please.' },
    { type: 'release', text: 'Yes, please.' },
  ]);
});

test('a callee who goes on is heard out, and the draft is dropped', () => {
  const goesOn = play(turns.pausing, words('Yes.'), { type: 'voice', ms: 60 });
  expect(goesOn.turn.state).toBe('hearing');
  expect(types(goesOn.effects)).toEqual(['think', 'drop']);
});

test('an answer that is slow is bridged once, within 1.2 s of the callee', () => {
  const { effects } = play(turns.pausing, words('Yes.'), ...[300, 600, 1000, 1300, 2000].map(quiet));
  expect(types(effects)).toEqual(['think', 'release', 'fill']);
  const inTime = play(turns.pausing, words('Yes.'), quiet(300), { type: 'audible' }, quiet(1300));
  expect(types(inTime.effects)).toEqual(['think', 'release']);
});

test('words that are slow to be understood are bridged once, within 1.2 s of the callee', () => {
  const late = play(turns.pausing, ...[300, 900, 1000, 1300].map(quiet), words('Yes.'), quiet(2900));
  expect(types(late.effects)).toEqual(['fill', 'think', 'release']);
  const unsure = play(turns.pausing, words('Yes, police.', false), ...[900, 1000, 1300].map(quiet));
  expect(types(unsure.effects)).toEqual(['think', 'fill']);
  const interrupted = play(turns.answering, events.voice, ...[200, 1000, 1300].map(quiet), words('Wait.'));
  expect(types(interrupted.effects)).toEqual(['mute', 'drop', 'transcribe', 'fill', 'yield', 'think']);
  expect(types(play(interrupted.turn, quiet(1400), quiet(2900)).effects)).toEqual(['release']);
});

test('who thinks in mid-sentence is not talked into; the answer to it is bridged like any other', () => {
  const thinks = play(turns.pausing, words('My name is.'), ...[300, 1000, 1100].map(quiet));
  expect(types(thinks.effects)).toEqual(['think']);
  expect(types(play(thinks.turn, quiet(1200), quiet(1300), quiet(1400)).effects)).toEqual([
    'release',
    'fill',
  ]);
});

test('a cough does not end the turn of the agent, words do', () => {
  const cough = play(turns.answering, events.voice, quiet(100), quiet(200), quiet(300), words(''));
  expect(cough.turn).toEqual(turns.answering);
  expect(types(cough.effects)).toEqual(['mute', 'drop', 'transcribe', 'resume']);
  const interrupted = play(turns.answering, events.voice, quiet(200), words('No, wait.'), quiet(300));
  expect(types(interrupted.effects)).toEqual(['mute', 'drop', 'transcribe', 'yield', 'think', 'release']);
});

test('silence is asked about once, then the call ends', () => {
  const from: Turn = { state: 'listening', asked: false, quietFromMs: null };
  const { turn, effects } = play(
    from,
    quiet(3000),
    quiet(10_000),
    events.spoken,
    quiet(12_000),
    quiet(18_900),
    quiet(19_000),
    events.spoken,
  );
  expect(effects).toEqual([
    { type: 'say', line: 'stillThere' },
    { type: 'say', line: 'giveUp' },
    { type: 'end' },
  ]);
  expect(turn.state).toBe('ended');
});

test('an engine that fails during the last words ends the call', () => {
  expect(play(turns.listening, events.lost, events.lost).turn.state).toBe('ended');
});

test('whatever happens: nothing is released that was not thought of after the last drop, and an end is final', () => {
  const anyEvent = fc.constantFrom(...Object.values(events));
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (played) => {
      let drafted: string | null = null;
      let muted = false;
      const { turn, effects } = play(opening, ...played);
      for (const effect of effects) {
        if (effect.type === 'think') drafted = effect.text;
        if (effect.type === 'drop') drafted = null;
        if (effect.type === 'release') expect(effect.text).toBe(drafted);
        if (effect.type === 'resume') expect(muted).toBe(true);
        if (effect.type === 'mute') muted = true;
        if (effect.type === 'resume' || effect.type === 'yield') muted = false;
      }
      expect(effects.filter(({ type }) => type === 'end').length).toBe(turn.state === 'ended' ? 1 : 0);
    }),
  );
});
