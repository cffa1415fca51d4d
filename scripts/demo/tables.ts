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

/** How many of the latest words the table shows. */
const WORDS = 3;

/**
 * Shows the campaign's progress until it is completed, or only callbacks on another day are left: a table that renews
 * itself, or plain lines. `words` is what was said of late, a line a turn.
 */
export async function showProgress(
  api: ApiClient,
  campaignId: string,
  words: () => Promise<readonly string[]> = async () => [],
): Promise<void> {
  const terminal = process.stdout.isTTY;
  const startedAt = performance.now();
  const told = new Set<string>();
  let drawn = 0;
  for (let poll = 0; ; poll++) {
    const { state } = await api.call<{ state: string }>('GET', `/campaigns/${campaignId}`);
    const stats = await api.call<Stats>('GET', `/campaigns/${campaignId}/stats`);
    const said = await words();
    const isOver = state === 'completed' || (callbacksOf(stats) > 0 && doneOf(stats) === stats.leads.total);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    if (terminal) {
      const latest = said.length === 0 ? [] : ['', ...said.slice(-WORDS)];
      const lines = [...progressLines(stats, state, seconds), ...latest].map(fitting);
      process.stdout.write(`${drawn > 0 ? `\x1b[${drawn}A\x1b[J` : ''}${lines.join('\n')}\n`);
      drawn = lines.length;
    } else {
      for (const line of said.filter((line) => !told.has(line))) process.stdout.write(`${line}\n`);
      if (isOver || (poll % PLAIN_EVERY === 0 && said.length === 0))
        process.stdout.write(`${plainLine(stats, state, seconds)}\n`);
      for (const line of said) told.add(line);
    }
    if (isOver) return;
    await sleep(POLL_MS);
  }
}

/** A line that is broken by the terminal could not be drawn over. */
const fitting = (line: string): string =>
  line.length < columns() ? line : `${line.slice(0, columns() - 2)}…`;

/** Those who are to be called back at a time that they have agreed to. */
const callbacksOf = ({ leads }: Stats): number => leads.byDisposition['callback'] ?? 0;

/** Those for whom there is nothing more to do today. */
const doneOf = (stats: Stats): number => stats.leads.total - stats.leads.remaining + callbacksOf(stats);

function progressLines(stats: Stats, state: string, seconds: number): string[] {
  const { leads, calls } = stats;
  const done = doneOf(stats);
  const counts = `  ${state.padEnd(10)} ${done}/${leads.total} done, ${seconds} s  `;
  const bar = Math.max(0, Math.min(BAR, columns() - counts.length - 1));
  const filled = Math.round((bar * done) / Math.max(1, leads.total));
  const outcomes = Object.entries(calls.byDisposition).sort(([, a], [, b]) => b - a);
  return [
    '',
    `${counts}${'█'.repeat(filled)}${'░'.repeat(bar - filled)}`,
    `  ${calls.active} active, ${calls.total} attempts, ${calls.connected} connected (${percent(calls.connectRate)})`,
    ...outcomes.map(([outcome, count]) => `    ${outcome.padEnd(16)} ${String(count).padStart(4)}`),
  ];
}

function plainLine(stats: Stats, state: string, seconds: number): string {
  const { leads, calls } = stats;
  return (
    `${String(seconds).padStart(4)} s  ${state}: ${doneOf(stats)}/${leads.total} done, ` +
    `${calls.active} active, ${calls.total} attempts, ${calls.connected} connected`
  );
}

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
