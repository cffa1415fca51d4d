import type { HangupCause } from './cause.ts';

/**
 *   ringing ──answered──► briefing ──briefed──► together ──gone, calleeLeft──► over
 *      │ gone, late           │ gone
 *      │ failed               │ failed                │ failed
 *      └──────────────────────┴───────────────────────┴──► over, and the agent goes on
 *
 * A callee is put through to somebody of the team: they are rung and told who is on the line before they hear each
 * other. `step` is pure. Whoever does not come to the phone, or leaves it before that, leaves the callee to the agent.
 */
export type Transfer =
  | { readonly state: 'ringing' | 'briefing' | 'together' }
  | { readonly state: 'over'; readonly outcome: TransferOutcome };

/** What became of it; `abandoned`: the callee left before. */
export type TransferOutcome = 'connected' | 'busy' | 'no_answer' | 'failed' | 'abandoned';

export type TransferEvent =
  | { readonly type: 'answered' }
  /** They have heard who is on the line. */
  | { readonly type: 'briefed' }
  /** Their channel has ended. */
  | { readonly type: 'gone'; readonly cause: HangupCause }
  /** The phone has rung for long enough. */
  | { readonly type: 'late' }
  /** Something on our side does not work. */
  | { readonly type: 'failed' }
  /** The callee's channel has ended. */
  | { readonly type: 'calleeLeft' };

export type TransferEffect =
  | 'brief'
  /** Let both hear each other; the agent falls silent. */
  | 'join'
  | 'hangUpTarget'
  /** The agent has to tell the callee. */
  | 'comeBack'
  | 'endCall';

export type TransferStep = readonly [Transfer, ...TransferEffect[]];

/** Advances a transfer by one event; an event that the state does not expect leaves it as it was. */
export function stepTransfer(transfer: Transfer, event: TransferEvent): TransferStep {
  const { state } = transfer;
  if (state === 'over') return [transfer];
  switch (event.type) {
    case 'answered':
      return state === 'ringing' ? [{ state: 'briefing' }, 'brief'] : [transfer];
    case 'briefed':
      return state === 'briefing' ? [{ state: 'together' }, 'join'] : [transfer];
    case 'gone':
      if (state === 'together') return [over('connected'), 'endCall'];
      return [over(state === 'ringing' ? whyNot(event.cause) : 'no_answer'), 'comeBack'];
    case 'late':
      return state === 'ringing' ? [over('no_answer'), 'hangUpTarget', 'comeBack'] : [transfer];
    case 'failed':
      return [over('failed'), 'hangUpTarget', 'comeBack'];
    case 'calleeLeft':
      return [over(state === 'together' ? 'connected' : 'abandoned'), 'hangUpTarget'];
  }
}

const over = (outcome: TransferOutcome): Transfer => ({ state: 'over', outcome });

/** RFC 3261 §21 and Q.850: busy, somebody who does not come, or a number that can't be had. */
function whyNot({ sip, q850 }: HangupCause): TransferOutcome {
  if (sip === 486 || sip === 600 || q850 === 17) return 'busy';
  const rang = [18, 19, 20, 21].includes(q850) || [408, 480, 487, 603].includes(sip ?? 0);
  return rang ? 'no_answer' : 'failed';
}
