import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Call, type CallEvent, type CallState, type Effect, step } from '../../../src/call/call.ts';

const at = new Date('2026-11-24T10:00:00Z');
const trail = { dialedAt: at };
const calls: Record<CallState, Call> = {
  reserved: { state: 'reserved' },
  dialing: { state: 'dialing', trail },
  ringing: { state: 'ringing', trail: { ...trail, ringingAt: at } },
  speaking: { state: 'speaking', trail: { ...trail, answeredAt: at } },
  listening: { state: 'listening', trail: { ...trail, answeredAt: at, greetingHeard: true } },
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
  heardOut: { type: 'heardOut' },
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
    progress: ['dialing', 'prepare'],
    answered: ['speaking', 'prepare', 'speak'],
  },
  ringing: { ...stay('ringing'), answered: ['speaking', 'speak'] },
  speaking: { ...stay('speaking'), greetingHeard: ['listening', 'listen'] },
  listening: { ...stay('listening'), heardOut: ['leaving', 'hangUp'] },
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
