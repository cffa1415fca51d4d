import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Transfer,
  type TransferEffect,
  type TransferEvent,
  stepTransfer,
} from '../../../src/call/transfer.ts';

const transfers: Record<Transfer['state'], Transfer> = {
  ringing: { state: 'ringing' },
  briefing: { state: 'briefing' },
  together: { state: 'together' },
  over: { state: 'over', outcome: 'busy' },
};
const events: Record<TransferEvent['type'], TransferEvent> = {
  answered: { type: 'answered' },
  briefed: { type: 'briefed' },
  gone: { type: 'gone', cause: { q850: 17, sip: 486 } },
  late: { type: 'late' },
  failed: { type: 'failed' },
  calleeLeft: { type: 'calleeLeft' },
};

type Cell = readonly [Transfer['state'], ...TransferEffect[]];
const back: Cell = ['over', 'comeBack'];
const givenUp: Cell = ['over', 'hangUpTarget', 'comeBack'];
const left: Cell = ['over', 'hangUpTarget'];
const table: Record<Transfer['state'], Record<TransferEvent['type'], Cell>> = {
  ringing: {
    answered: ['briefing', 'brief'],
    briefed: ['ringing'],
    gone: back,
    late: givenUp,
    failed: givenUp,
    calleeLeft: left,
  },
  briefing: {
    answered: ['briefing'],
    briefed: ['together', 'join'],
    gone: back,
    late: ['briefing'],
    failed: givenUp,
    calleeLeft: left,
  },
  together: {
    answered: ['together'],
    briefed: ['together'],
    gone: ['over', 'endCall'],
    late: ['together'],
    failed: givenUp,
    calleeLeft: left,
  },
  over: {
    answered: ['over'],
    briefed: ['over'],
    gone: ['over'],
    late: ['over'],
    failed: ['over'],
    calleeLeft: ['over'],
  },
};
const cells = Object.entries(table).flatMap(([state, row]) =>
  Object.entries(row).map(([type, cell]) => ({ state, type, cell })),
);
test.each(cells)('$state × $type', ({ state, type, cell }) => {
  const [next, ...effects] = stepTransfer(
    transfers[state as Transfer['state']],
    events[type as TransferEvent['type']],
  );
  expect([next.state, ...effects]).toEqual(cell);
});

test.each([
  [{ q850: 17, sip: 486 }, 'busy'],
  [{ q850: 17 }, 'busy'],
  [{ q850: 19, sip: 480 }, 'no_answer'],
  [{ q850: 21, sip: 603 }, 'no_answer'],
  [{ q850: 1, sip: 404 }, 'failed'],
  [{ q850: 34, sip: 503 }, 'failed'],
])('a phone that is not taken: %j is %s', (cause, outcome) => {
  expect(stepTransfer({ state: 'ringing' }, { type: 'gone', cause })[0]).toEqual({ state: 'over', outcome });
});

test('nobody is joined unbriefed, and the callee is left to nobody', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Object.values(events)), { maxLength: 20 }), (sequence) => {
      let transfer: Transfer = { state: 'ringing' };
      const seen: TransferEffect[] = [];
      let targetIsThere = true;
      let calleeIsThere = true;
      for (const event of sequence) {
        const before = transfer.state;
        const [next, ...effects] = stepTransfer(transfer, event);
        if (before !== 'over' && event.type === 'gone') targetIsThere = false;
        if (before !== 'over' && event.type === 'calleeLeft') calleeIsThere = false;
        if (effects.includes('join')) expect(seen).toContain('brief');
        seen.push(...effects);
        transfer = next;
      }
      if (transfer.state !== 'over') return;
      expect(seen.filter((effect) => effect === 'hangUpTarget')).toHaveLength(targetIsThere ? 1 : 0);
      const told = seen.filter((effect) => effect === 'comeBack' || effect === 'endCall');
      expect(told).toHaveLength(calleeIsThere ? 1 : 0);
    }),
  );
});
