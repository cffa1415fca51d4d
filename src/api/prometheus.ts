import type { Histogram } from '../engine/metrics.ts';
import type { ServiceMetrics } from './dependencies.ts';

/** The media type of Prometheus' text format. */
export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';

/** Writes the service's metrics in Prometheus' text format; no label holds a number or a name. */
export function toPrometheus(metrics: ServiceMetrics): string {
  const { actionsIgnored, activeCalls, ariConnected, attemptsEnded, claimSeconds, trunks } = metrics;
  const { talksAllowed, turnP95Seconds, turnSeconds } = metrics;
  return [
    ...family('carillon_active_calls', 'gauge', 'Attempts that go on, reserved ones included.', [
      ['', activeCalls],
    ]),
    ...family('carillon_ari_connected', 'gauge', 'Whether the PBX is connected (1) or not (0).', [
      ['', ariConnected ? 1 : 0],
    ]),
    ...family('carillon_trunks', 'gauge', 'Trunks by whether their far side answers.', [
      ['{reachable="true"}', trunks.total - trunks.unreachable],
      ['{reachable="false"}', trunks.unreachable],
    ]),
    ...family(
      'carillon_attempts_total',
      'counter',
      'Attempts that ended, by disposition.',
      [...attemptsEnded].map(([disposition, count]) => [`{disposition="${disposition}"}`, count] as const),
    ),
    ...family(
      'carillon_actions_ignored_total',
      'counter',
      "What agents' models wanted to do and were not allowed to.",
      [['', actionsIgnored]],
    ),
    ...family(
      'carillon_claim_seconds',
      'histogram',
      'How long claim transactions took.',
      histogram(claimSeconds),
    ),
    ...family(
      'carillon_turn_seconds',
      'histogram',
      "From the end of a callee's speech to the first of the agent's answer.",
      histogram(turnSeconds),
    ),
    ...family('carillon_turn_p95_seconds', 'gauge', 'The same, the p95 of the last 20 answers.', [
      ['', turnP95Seconds],
    ]),
    ...family(
      'carillon_conversations_allowed',
      'gauge',
      "Conversations that may go on at once, by their campaign's turnTargetMs.",
      [...talksAllowed].map(([targetMs, talks]) => [`{target_ms="${targetMs}"}`, talks] as const),
    ),
    '',
  ].join('\n');
}

type Sample = readonly [suffix: string, value: number];

const family = (name: string, type: string, help: string, samples: readonly Sample[]): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
  ...samples.map(([suffix, value]) => `${name}${suffix} ${value}`),
];

/** Prometheus' buckets are cumulative. */
function histogram({ bounds, counts, sum }: Histogram): Sample[] {
  let total = 0;
  const buckets = counts.map((count, index): Sample => {
    total += count;
    return [`_bucket{le="${bounds[index] ?? '+Inf'}"}`, total];
  });
  return [...buckets, ['_sum', sum], ['_count', total]];
}
