import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client.ts';
import { columns } from '../terminal.ts';

/** What the demo reads of a lead. */
export interface Lead {
  readonly id: number;
  readonly number: string;
  readonly attempts: number;
  readonly nextAt: string | null;
  readonly disposition: string | null;
  readonly outcomes: Readonly<Record<string, number>>;
}

/** What the demo reads of a campaign's stats. */
export interface Stats {
  readonly leads: {
    readonly total: number;
    readonly called: number;
    readonly remaining: number;
    readonly byDisposition: Readonly<Record<string, number>>;
  };
  readonly calls: {
    readonly total: number;
    readonly active: number;
    readonly connected: number;
    readonly connectRate: number | null;
    readonly averageTalkSeconds: number | null;
    readonly totalCost: string;
    readonly byDisposition: Readonly<Record<string, number>>;
  };
}

const POLL_MS = 400;
/** Without a terminal, one line in this many polls. */
const PLAIN_EVERY = 12;
const BAR = 28;

/**
 * Shows the campaign's progress until it is completed, or only callbacks on another day are left: a table that renews
 * itself, or plain lines.
 */
export async function showProgress(api: ApiClient, campaignId: string): Promise<'over'> {
  const terminal = process.stdout.isTTY;
  const startedAt = performance.now();
  let drawn = 0;
  for (let poll = 0; ; poll++) {
    const { state } = await api.call<{ state: string }>('GET', `/campaigns/${campaignId}`);
    const stats = await api.call<Stats>('GET', `/campaigns/${campaignId}/stats`);
    const callbacks = stats.leads.byDisposition['callback'] ?? 0;
    const isOver = state === 'completed' || (callbacks > 0 && stats.leads.remaining === callbacks);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    if (terminal) {
      const lines = progressLines(stats, state, seconds).map((line) => line.slice(0, columns() - 1));
      process.stdout.write(`${drawn > 0 ? `\x1b[${drawn}A\x1b[J` : ''}${lines.join('\n')}\n`);
      drawn = lines.length;
    } else if (poll % PLAIN_EVERY === 0 || isOver) {
      process.stdout.write(`${plainLine(stats, state, seconds)}\n`);
    }
    if (isOver) return 'over';
    await sleep(POLL_MS);
  }
}

function progressLines({ leads, calls }: Stats, state: string, seconds: number): string[] {
  const done = leads.total - leads.remaining;
  const filled = Math.round((BAR * done) / Math.max(1, leads.total));
  const outcomes = Object.entries(calls.byDisposition).sort(([, a], [, b]) => b - a);
  return [
    '',
    `  ${state.padEnd(10)} ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${done}/${leads.total} done, ${seconds} s`,
    `  active ${calls.active}   attempts ${calls.total}   connected ${calls.connected} (${percent(calls.connectRate)})`,
    ...outcomes.map(([outcome, count]) => `    ${outcome.padEnd(16)} ${String(count).padStart(4)}`),
  ];
}

const plainLine = ({ leads, calls }: Stats, state: string, seconds: number): string =>
  `${String(seconds).padStart(4)} s  ${state}: ${leads.total - leads.remaining}/${leads.total} done, ` +
  `${calls.active} active, ${calls.total} attempts, ${calls.connected} connected`;

const percent = (rate: number | null): string => (rate === null ? '–' : `${Math.round(rate * 100)} %`);

/** The outcome of every lead by disposition, and the campaign's sums. */
export function outcomeTable(leads: readonly Lead[], { calls }: Stats): string {
  const groups = Map.groupBy(leads, ({ disposition }) => disposition ?? 'none');
  const rows = [...groups].sort(([, a], [, b]) => b.length - a.length);
  return [
    '',
    '  outcome            contacts   attempts',
    '  ───────────────────────────────────────',
    ...rows.map(([disposition, group]) => {
      const attempts = group.reduce((sum, lead) => sum + lead.attempts, 0);
      return `  ${disposition.padEnd(18)} ${String(group.length).padStart(8)} ${String(attempts).padStart(10)}`;
    }),
    '',
    `  ${calls.total} attempts, ${calls.connected} connected (${percent(calls.connectRate)}), ` +
      `average talk ${calls.averageTalkSeconds?.toFixed(1) ?? '–'} s, cost ${calls.totalCost}`,
  ].join('\n');
}
