import type { Disposition } from '../call/disposition.ts';
import { type Estimate, estimateCompletion } from '../campaign/progress.ts';
import type { Sentiment } from '../conversation/analysis.ts';
import { countSentiments } from '../db/analyses.ts';
import type { Connection } from '../db/database.ts';
import { countLeads, readPace, sumCalls } from '../db/stats.ts';

/** How a campaign stood at `asOf`. Rates are fractions of 1, null before there is anything to divide. */
export interface Stats {
  readonly asOf: Date;
  readonly leads: {
    readonly total: number;
    readonly called: number;
    readonly remaining: number;
    readonly byDisposition: Partial<Record<Disposition, number>>;
  };
  readonly calls: {
    readonly total: number;
    readonly active: number;
    readonly connected: number;
    readonly connectRate: number | null;
    readonly averageTalkSeconds: number | null;
    readonly totalCost: string;
    readonly byDisposition: Partial<Record<Disposition, number>>;
  };
  readonly sentiment: Readonly<Record<Sentiment, number>>;
  readonly estimatedCompletion: Estimate;
}

const RECENT_SECONDS = 900;
/** A reading serves for this many times as long as it took, so that stats take a tenth of one connection at most. */
const REST = 10;

type Reading = { readonly stats: Promise<Stats | undefined>; freshUntil: number };

/**
 * Reads how campaigns stand, undefined if there is no such campaign. Whoever asks while a reading is fresh or under
 * way shares it: a campaign with a million calls takes the database about two seconds.
 */
export function createStatsReader(db: Connection): (campaignId: string) => Promise<Stats | undefined> {
  const readings = new Map<string, Reading>();
  return async (campaignId) => {
    const startedAt = performance.now();
    for (const [id, { freshUntil }] of readings) if (freshUntil <= startedAt) readings.delete(id);
    const known = readings.get(campaignId);
    if (known) return known.stats;
    const reading: Reading = { stats: readStats(db, campaignId), freshUntil: Infinity };
    readings.set(campaignId, reading);
    try {
      return await reading.stats;
    } finally {
      const now = performance.now();
      reading.freshUntil = now + REST * (now - startedAt);
    }
  };
}

async function readStats(db: Connection, campaignId: string): Promise<Stats | undefined> {
  const pace = await readPace(db, { campaignId, recentSeconds: RECENT_SECONDS });
  if (!pace) return undefined;
  const leads = await countLeads(db, { campaignId });
  const calls = await sumCalls(db, { campaignId });

  const total = sum(leads, (row) => row.leads);
  const remaining = sum(leads, (row) => (row.state === 'done' ? 0 : row.leads));
  const ended = sum(calls, (row) => row.calls);
  const connected = sum(calls, (row) => (row.connected ? row.calls : 0));
  const answered = sum(calls, (row) => row.answered);
  return {
    asOf: pace.now,
    leads: {
      total,
      called: sum(leads, (row) => row.called),
      remaining,
      byDisposition: tally(leads, (row) => row.leads),
    },
    calls: {
      total: ended,
      active: pace.active,
      connected,
      connectRate: ended > 0 ? connected / ended : null,
      averageTalkSeconds: answered > 0 ? sum(calls, (row) => row.talkSeconds) / answered : null,
      totalCost: calls[0]?.totalCost ?? '0',
      byDisposition: tally(calls, (row) => row.calls),
    },
    sentiment: await countSentiments(db, { campaignId }),
    estimatedCompletion: estimateCompletion({
      ...pace,
      done: total - remaining,
      remaining,
      attempts: ended,
      recentSeconds: RECENT_SECONDS,
    }),
  };
}

const sum = <Row>(rows: readonly Row[], value: (row: Row) => number): number =>
  rows.reduce((total, row) => total + value(row), 0);

function tally<Row extends { readonly disposition: Disposition | null }>(
  rows: readonly Row[],
  value: (row: Row) => number,
): Partial<Record<Disposition, number>> {
  const counts: Partial<Record<Disposition, number>> = {};
  for (const row of rows) {
    if (row.disposition) counts[row.disposition] = (counts[row.disposition] ?? 0) + value(row);
  }
  return counts;
}
