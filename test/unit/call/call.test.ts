import fc from 'fast-check';
import { expect, test } from 'vitest';
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
    greetingHeard: ['listening', 'listen'],
    verdict: ['leavingMessage', 'leaveMessage'],
  },
  listening: {
    ...stay('listening'),
    heardOut: ['leaving', 'hangUp'],
    verdict: ['leavingMessage', 'leaveMessage'],
  },
  leavingMessage: { ...stay('leavingMessage'), messageLeft: ['leaving', 'hangUp'] },
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

const byClass: Record<AnswerClass, Cell> = {
  human: ['speaking'],
  unknown: ['speaking'],
  voicemail: ['leavingMessage', 'leaveMessage'],
  mailbox_full: ['leavingMessage', 'leaveMessage'],
  call_screening: ['leavingMessage', 'leaveMessage'],
  ivr: ['leavingMessage', 'leaveMessage'],
  fax_modem: ['leaving', 'hangUp'],
  sit_intercept: ['leaving', 'hangUp'],
  sit_vacant: ['leaving', 'hangUp'],
  sit_reorder: ['leaving', 'hangUp'],
  sit_no_circuit: ['leaving', 'hangUp'],
  ringback_after_answer: ['leaving', 'hangUp'],
  busy_after_answer: ['leaving', 'hangUp'],
  silence: ['speaking'],
};
test.each(Object.entries(byClass))('an answer by %s', (answerClass, cell) => {
  const verdict = verdictOf(answerClass as AnswerClass);
  const [next, ...effects] = step(calls.speaking, { type: 'verdict', verdict });
  expect([next.state, ...effects.map((effect) => effect.type)]).toEqual(cell);
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
