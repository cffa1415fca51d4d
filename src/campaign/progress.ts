import type { CampaignState } from './state.ts';

/** How far a campaign has come and how fast it goes; what an estimate of its end can see. */
export interface Pace {
  readonly state: CampaignState;
  readonly now: Date;
  /** Leads that are done, and those that are to be rung first or again. */
  readonly done: number;
  readonly remaining: number;
  /** Attempts ended since the start, and those begun within the last `recentSeconds`. */
  readonly attempts: number;
  readonly recentAttempts: number;
  readonly recentSeconds: number;
  /** When the last lead that waits is due. */
  readonly lastDueAt: Date | null;
}

/** When a campaign will have finished, or why nobody can tell. */
export type Estimate =
  { readonly known: true; readonly at: Date } | { readonly known: false; readonly because: string };

const unknown = (because: string): Estimate => ({ known: false, because });

/**
 * The leads that remain take as many attempts as the finished ones did, at the pace of late; and none of it can be
 * over before the last lead that waits is due.
 */
export function estimateCompletion(pace: Pace): Estimate {
  if (pace.state !== 'active') return unknown(`The campaign is ${pace.state}.`);
  if (pace.remaining === 0) return { known: true, at: pace.now };
  if (pace.done === 0) return unknown('No lead is finished yet.');
  if (pace.recentAttempts === 0) return unknown('Nobody was rung lately.');
  const attemptsLeft = pace.remaining * Math.max(1, pace.attempts / pace.done);
  const workMs = (attemptsLeft / pace.recentAttempts) * pace.recentSeconds * 1000;
  const at = Math.max(pace.now.getTime() + workMs, pace.lastDueAt?.getTime() ?? 0);
  return { known: true, at: new Date(at) };
}
