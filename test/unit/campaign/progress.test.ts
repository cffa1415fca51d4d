import { expect, test } from 'vitest';
import { type Pace, estimateCompletion } from '../../../src/campaign/progress.ts';

const now = new Date('2026-03-02T10:00:00Z');
/** Ten of twenty leads took fifteen attempts; lately one attempt a minute. */
const pace: Pace = {
  state: 'active',
  now,
  done: 10,
  remaining: 10,
  attempts: 15,
  recentAttempts: 15,
  recentSeconds: 900,
  lastDueAt: now,
};

test.each([
  ['as many attempts again take as long again', {}, '2026-03-02T10:15:00.000Z'],
  ['half the pace takes twice as long', { recentAttempts: 7.5 }, '2026-03-02T10:30:00.000Z'],
  ['a lead takes one attempt at least', { attempts: 2 }, '2026-03-02T10:10:00.000Z'],
  [
    'a retry due tomorrow is waited for',
    { lastDueAt: new Date('2026-03-03T10:00:00Z') },
    '2026-03-03T10:00:00.000Z',
  ],
  ['nobody waits: only calls go on', { lastDueAt: null }, '2026-03-02T10:15:00.000Z'],
  ['nothing remains', { remaining: 0 }, '2026-03-02T10:00:00.000Z'],
] as const)('%s', (_what, change, at) => {
  expect(estimateCompletion({ ...pace, ...change })).toEqual({ known: true, at: new Date(at) });
});

test.each([
  [{ state: 'draft' }, 'The campaign is draft.'],
  [{ state: 'paused' }, 'The campaign is paused.'],
  [{ state: 'completed' }, 'The campaign is completed.'],
  [{ state: 'cancelled' }, 'The campaign is cancelled.'],
  [{ done: 0 }, 'No lead is finished yet.'],
  [{ recentAttempts: 0 }, 'Nobody was rung lately.'],
] as const)('%j leaves the end unknown: %s', (change, because) => {
  expect(estimateCompletion({ ...pace, ...change })).toEqual({ known: false, because });
});
