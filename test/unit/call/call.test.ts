import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnswerClass } from '../../../src/answer/verdict.ts';
import type { Verdict } from '../../../src/call/cause.ts';
import { type Call, type CallEvent, type CallState, type Effect, step } from '../../../src/call/call.ts';

const at = new Date('2026-11-24T10:00:00Z');
const trail = { dialedAt: at };
const evidence = { because: 'voice', features: {}, human: 0, tones: [], phrase: null } as const;
const verdictOf = (answerClass: AnswerClass): Verdict => ({
  class: answerClass,
  phase: 'answered',
  atMs: 1500,
  margin: 1,
  evidence,
});
const calls: Record<CallState, Call> = {
  reserved: { state: 'reserved' },
  dialing: { state: 'dialing', trail },
  ringing: { state: 'ringing', trail: { ...trail, ringingAt: at } },
  speaking: { state: 'speaking', trail: { ...trail, answeredAt: at } },
  listening: { state: 'listening', trail: { ...trail, answeredAt: at, greetingHeard: true } },
  leavingMessage: { state: 'leavingMessage', trail: { ...trail, answeredAt: at } },
  screened: {
    state: 'screened',
    trail: { ...trail, answeredAt: at, screening: verdictOf('call_screening') },
  },
  handedOver: { state: 'handedOver', trail: { ...trail, answeredAt: at, handedOverTo: 'desk' } },
  leaving: { state: 'leaving', trail: { ...trail, hungUpBecause: 'operator' } },
  ended: { state: 'ended', disposition: 'busy', trail },
};
const events: Record<CallEvent['type'], CallEvent> = {
  placed: { type: 'placed', at },
  refused: { type: 'refused' },
  ringing: { type: 'ringing', at },
  progress: { type: 'progress', at },
  answered: { type: 'answered', at },
  greetingHeard: { type: 'greetingHeard' },
  heardOut: { type: 'heardOut', spoke: true },
  verdict: { type: 'verdict', verdict: verdictOf('voicemail') },
  messageLeft: { type: 'messageLeft', spoken: true },
  agreed: { type: 'agreed', on: { type: 'neverAgain' } },
  screeningOver: { type: 'screeningOver' },
  handOver: { type: 'handOver', to: 'desk' },
  hangUp: { type: 'hangUp', because: 'operator' },
  hangupRequest: { type: 'hangupRequest', cause: { q850: 17, sip: 486 } },
  destroyed: { type: 'destroyed', at, cause: { q850: 17, sip: 486 } },
  lost: { type: 'lost', what: 'lost_app' },
};

type Cell = readonly [CallState, ...Effect['type'][]];
const stay = (state: CallState): Record<CallEvent['type'], Cell> => ({
  placed: [state],
  refused: [state],
  ringing: [state],
  progress: [state],
  answered: [state],
  greetingHeard: [state],
  heardOut: [state],
  verdict: [state],
  messageLeft: [state],
  agreed: [state],
  screeningOver: [state],
  handOver: [state],
  hangUp: ['leaving', 'hangUp'],
  hangupRequest: [state],
  destroyed: ['ended', 'finish'],
  lost: ['ended', 'finish'],
});
const table: Record<CallState, Record<CallEvent['type'], Cell>> = {
  reserved: {
    ...stay('reserved'),
    placed: ['dialing'],
    refused: ['ended', 'finish'],
    hangUp: ['ended', 'finish'],
    destroyed: ['reserved'],
  },
  dialing: {
    ...stay('dialing'),
    ringing: ['ringing', 'prepare'],
    progress: ['dialing', 'prepare', 'hearEarly'],
    answered: ['speaking', 'prepare', 'speak'],
  },
  ringing: { ...stay('ringing'), progress: ['ringing', 'hearEarly'], answered: ['speaking', 'speak'] },
  speaking: {
    ...stay('speaking'),
    handOver: ['handedOver'],
    greetingHeard: ['listening', 'listen'],
    verdict: ['leavingMessage', 'leaveMessage'],
  },
  listening: {
    ...stay('listening'),
    handOver: ['handedOver'],
    heardOut: ['leaving', 'hangUp'],
    verdict: ['leavingMessage', 'leaveMessage'],
  },
  leavingMessage: { ...stay('leavingMessage'), messageLeft: ['leaving', 'hangUp'] },
  screened: {
    ...stay('screened'),
    verdict: ['leavingMessage', 'leaveMessage'],
    screeningOver: ['leaving', 'hangUp'],
  },
  handedOver: stay('handedOver'),
  leaving: { ...stay('leaving'), answered: ['leaving', 'hangUp'], hangUp: ['leaving'] },
  ended: { ...stay('ended'), hangUp: ['ended'], destroyed: ['ended'], lost: ['ended'] },
};
const cells = Object.entries(table).flatMap(([state, row]) =>
  Object.entries(row).map(([type, cell]) => ({ state, type, cell })),
);
test.each(cells)('$state × $type', ({ state, type, cell }) => {
  const [next, ...effects] = step(calls[state as CallState], events[type as CallEvent['type']]);
  expect([next.state, ...effects.map((effect) => effect.type)]).toEqual(cell);
});

type Answered = 'speaking' | 'leavingMessage' | 'screened';
const goesOn = {
  speaking: ['speaking'],
  leavingMessage: ['leavingMessage'],
  screened: ['screened'],
} as const;
const hangsUp = {
  speaking: ['leaving', 'hangUp'],
  leavingMessage: ['leaving', 'hangUp'],
  screened: ['leaving', 'hangUp'],
} as const;
const joins: Cell = ['speaking', 'speak'];
const waits: Cell = ['screened', 'listenAnew'];
const asks: Cell = ['screened', 'introduce'];
const records: Cell = ['leavingMessage', 'leaveMessage'];
const byClass: Record<AnswerClass, Record<Answered, Cell>> = {
  human: { ...goesOn, screened: joins },
  unknown: goesOn,
  silence: { ...goesOn, screened: waits },
  voicemail: { speaking: records, leavingMessage: ['leavingMessage'], screened: records },
  call_screening: { speaking: asks, leavingMessage: asks, screened: waits },
  mailbox_full: hangsUp,
  ivr: hangsUp,
  fax_modem: hangsUp,
  sit_intercept: hangsUp,
  sit_vacant: hangsUp,
  sit_reorder: hangsUp,
  sit_no_circuit: hangsUp,
  ringback_after_answer: { ...hangsUp, screened: waits },
  busy_after_answer: hangsUp,
};
const answers = Object.entries(byClass).flatMap(([answerClass, row]) =>
  Object.entries(row).map(([state, cell]) => ({ answerClass, state, cell })),
);
test.each(answers)('$state × an answer by $answerClass', ({ answerClass, state, cell }) => {
  const verdict = verdictOf(answerClass as AnswerClass);
  const [next, ...effects] = step(calls[state as Answered], { type: 'verdict', verdict });
  expect([next.state, ...effects.map((effect) => effect.type)]).toEqual(cell);
});

test.each(Object.keys(byClass))('%s is kept as the verdict of an answered call', (answerClass) => {
  const verdict = verdictOf(answerClass as AnswerClass);
  const [next] = step(calls.speaking, { type: 'verdict', verdict });
  expect(next).toMatchObject({ trail: { verdict } });
});

test('what was agreed is kept; nothing replaces the wish for no more calls', () => {
  const callback = { type: 'callback', at } as const;
  const [promised] = step(calls.listening, { type: 'agreed', on: callback });
  expect(promised).toMatchObject({ trail: { agreement: callback } });
  const [never] = step(promised, events.agreed);
  expect(step(never, { type: 'agreed', on: callback })).toMatchObject([
    { trail: { agreement: { type: 'neverAgain' } } },
  ]);
});

const hearClass = (call: Call, answerClass: AnswerClass) =>
  step(call, { type: 'verdict', verdict: verdictOf(answerClass) });
test('a screening is told once who calls, and stays the verdict while nobody joins', () => {
  const [screened, ...first] = hearClass(calls.leavingMessage, 'call_screening');
  const [waiting] = hearClass(screened, 'ringback_after_answer');
  const [joined] = hearClass(waiting, 'human');
  const [again, ...second] = hearClass(joined, 'call_screening');
  expect([first, second]).toEqual([[{ type: 'introduce' }], [{ type: 'listenAnew' }]]);
  const [left] = step(again, { type: 'screeningOver' });
  const [end] = step(left, events.destroyed);
  expect(end).toMatchObject({ disposition: 'voicemail', trail: { screening: { class: 'call_screening' } } });
});

describe.each(['speaking', 'listening', 'leavingMessage'] as const)('a phone rings: %s', (state) => {
  const before = calls[state] as Extract<Call, { state: typeof state }>;
  const screening = verdictOf('call_screening');

  test('behind a screening nobody has joined yet, and the screening is what has answered', () => {
    const thanked = { ...before, trail: { ...before.trail, screening, verdict: verdictOf('human') } };
    expect(hearClass(thanked, 'ringback_after_answer')).toEqual([
      { state: 'screened', trail: { ...thanked.trail, verdict: screening } },
      { type: 'listenAnew' },
    ]);
  });

  test('without one it is a false answer', () => {
    expect(hearClass(before, 'ringback_after_answer')).toMatchObject([
      { state: 'leaving' },
      { type: 'hangUp' },
    ]);
  });
});

test('a screening introduces us once, and no ringing behind it ends the call', () => {
  const verdicts = fc.constantFrom(...Object.keys(byClass)).map((name) => verdictOf(name as AnswerClass));
  const steps = fc.oneof(
    fc.constantFrom(events.greetingHeard, { type: 'heardOut', spoke: true } as const),
    verdicts.map((verdict) => ({ type: 'verdict', verdict }) as const),
  );
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 30 }), (sequence) => {
      let call = calls.speaking;
      let introduced = 0;
      for (const event of sequence) {
        const [next, ...effects] = step(call, event);
        introduced += effects.filter(({ type }) => type === 'introduce').length;
        const rings = event.type === 'verdict' && event.verdict.class === 'ringback_after_answer';
        if (introduced > 0 && rings) {
          expect(next.state).toBe(call.state === 'leaving' ? 'leaving' : 'screened');
          if (call.state !== 'leaving')
            expect(next).toMatchObject({ trail: { verdict: { class: 'call_screening' } } });
        }
        call = next;
      }
      expect(introduced).toBeLessThanOrEqual(1);
    }),
  );
});

test('a hangup request is kept, the first one wins', () => {
  const [once] = step(calls.ringing, events.hangupRequest);
  const [twice] = step(once, { type: 'hangupRequest', cause: { q850: 32 } });
  expect(twice).toMatchObject({ trail: { hangupRequest: { q850: 17, sip: 486 } } });
});

test('I5, I15: whatever the order of events, a call that ends has finished exactly once and stays ended', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Object.values(events)), { maxLength: 30 }), (sequence) => {
      let call: Call = { state: 'reserved' };
      let finished = 0;
      for (const event of sequence) {
        const [next, ...effects] = step(call, event);
        finished += effects.filter((effect) => effect.type === 'finish').length;
        if (call.state === 'ended') expect(next).toBe(call);
        call = next;
      }
      expect(finished).toBe(call.state === 'ended' ? 1 : 0);
    }),
  );
});

test('F13: no agent audio once we have hung up', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Object.values(events)), { maxLength: 30 }), (sequence) => {
      let call: Call = { state: 'reserved' };
      let left = false;
      for (const event of sequence) {
        const [next, ...effects] = step(call, event);
        if (left) expect(effects.map((effect) => effect.type)).not.toContain('speak');
        left ||= next.state === 'leaving';
        call = next;
      }
    }),
  );
});
