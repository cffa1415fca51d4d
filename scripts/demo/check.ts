import { setTimeout as sleep } from 'node:timers/promises';
import { Temporal } from 'temporal-polyfill';
import {
  type FarEndCode,
  type FarEndRecord,
  farEndBehaviours,
  readFarEndRecords,
} from '../../src/native/far-end.ts';
import type { ApiClient } from '../api-client.ts';
import type { World } from '../world.ts';
import { CALLEES_ZONE, callees } from './callees.ts';
import type { Talk } from './conversations.ts';
import { expectations } from './expectations.ts';
import { CONCURRENT } from './reminders.ts';
import type { Lead } from './tables.ts';

interface Call {
  readonly number: string;
  readonly dialedAt: string | null;
}

/** The far end writes the record of a call a moment after its end. */
const RECORDED_MS = 2000;

/**
 * Compares three views: what the far end was told to do, what the database kept, and what the far end witnessed.
 * Returns a sentence per difference.
 */
export async function checkDemo(
  world: World,
  { reminders, talks }: { readonly reminders: readonly Lead[]; readonly talks: readonly Talk[] },
): Promise<string[]> {
  await sleep(RECORDED_MS);
  const calls = await world.api.list<Call>('/calls');
  const records = await readFarEndRecords(world.farEnd.recordsFolder);
  return [
    ...outcomeFaults(reminders),
    ...(await talkFaults(world.api, talks)),
    ...witnessFaults(calls, records, CONCURRENT, Number(world.trunk['callsPerSecond'])),
  ];
}

/** What must be right in a conversation, whatever the agent's model has said in it. */
async function talkFaults(api: ApiClient, talks: readonly Talk[]): Promise<string[]> {
  const faults = callees.flatMap(({ firstName, lastName, number }) =>
    talks.some(({ callee }) => callee.number === number) ? [] : [`${firstName} ${lastName} was not rung`],
  );
  for (const talk of talks) {
    const { callee, lead, turns } = talk;
    const fault = (text: string): void => void faults.push(`${callee.firstName} ${callee.lastName}: ${text}`);
    const ofAgent = turns.filter(({ speaker }) => speaker === 'agent');
    const said = ofAgent.map(({ text }) => text).join(' ');
    if (!callee.dispositions.some((expected) => expected === lead.disposition) || lead.attempts !== 1)
      fault(`${JSON.stringify(lead.outcomes)}, expected 1 × ${callee.dispositions[0]}`);
    if (callee.hears && !callee.hears.test(said)) fault(`${callee.hears} was not said, but: ${said}`);
    if (callee.from && !ofAgent.some(({ passages }) => passages[0]?.heading === callee.from))
      fault(`no answer was given from ${callee.from}`);
    const entries = await api.list<unknown>(`/dnc?number=${encodeURIComponent(callee.number)}`);
    const optedOut = callee.dispositions.includes('dnc_request');
    if (entries.length > 0 !== optedOut)
      fault(`${entries.length} entries on the do-not-call list, ${optedOut ? 'one' : 'none'} expected`);
    const agreed = callee.dispositions.includes('callback') ? tomorrowAtThree(talk) : null;
    if (lead.nextAt !== agreed)
      fault(`to be rung again: ${lead.nextAt ?? 'never'}, expected: ${agreed ?? 'never'}`);
  }
  return faults;
}

/** As the callees understand it. */
const tomorrowAtThree = ({ calledAt }: Talk): string =>
  Temporal.Instant.from(calledAt)
    .toZonedDateTimeISO(CALLEES_ZONE)
    .add({ days: 1 })
    .withPlainTime('15:00')
    .toInstant()
    .toString({ fractionalSecondDigits: 3 });
function outcomeFaults(leads: readonly Lead[]): string[] {
  const seen = new Set(leads.map(({ number }) => number.slice(-2)));
  const unseen = Object.keys(expectations).filter((code) => !seen.has(code));
  return [
    ...unseen.map((code) => `no contact shows the behaviour ${code}`),
    ...leads.flatMap(({ number, attempts, disposition, outcomes }) => {
      const code = number.slice(-2) as FarEndCode;
      const expected = expectations[code];
      if (expected?.disposition === disposition && expected.attempts === attempts) return [];
      return [
        `…${number.slice(-4)} (${farEndBehaviours[code]?.name}): ${JSON.stringify(outcomes)}, ` +
          `expected ${expected?.attempts} × ${expected?.disposition}`,
      ];
    }),
  ];
}

/** I1, I2 and I7 as the far end saw them; it does not see calls cancelled before their INVITE. */
export function witnessFaults(
  calls: readonly Call[],
  records: readonly FarEndRecord[],
  concurrent: number,
  callsPerSecond: number,
): string[] {
  const placed = Map.groupBy(
    calls.filter(({ dialedAt }) => dialedAt !== null),
    ({ number }) => number,
  );
  const witnessed = Map.groupBy(records, ({ dialed }) => dialed);
  const numbers = new Set([...placed.keys(), ...witnessed.keys()]);
  const counts = [...numbers].flatMap((number) => {
    const [ours, theirs] = [placed.get(number)?.length ?? 0, witnessed.get(number)?.length ?? 0];
    return ours === theirs
      ? []
      : [`…${number.slice(-4)}: ${ours} attempts here, ${theirs} INVITEs there (I2)`];
  });
  const overlaps = [...witnessed].flatMap(([number, ofNumber]) =>
    mostAtOnce(ofNumber) > 1 ? [`…${number.slice(-4)}: two calls at once (I1)`] : [],
  );
  const most = mostAtOnce(records);
  const fastest = mostWithin(
    records.map(({ startedAt }) => startedAt),
    950,
  );
  return [
    ...counts,
    ...overlaps,
    ...(most > concurrent ? [`${most} calls at once, ${concurrent} allowed (I7)`] : []),
    ...(fastest > callsPerSecond
      ? [`${fastest} INVITEs within a second, ${callsPerSecond} allowed (I7)`]
      : []),
  ];
}

function mostAtOnce(records: readonly FarEndRecord[]): number {
  const edges = records
    .flatMap(({ startedAt, endedAt }) => [
      { at: startedAt, step: 1 },
      { at: endedAt, step: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.step - b.step);
  let live = 0;
  return edges.reduce((most, { step }) => Math.max(most, (live += step)), 0);
}

function mostWithin(instants: readonly number[], spanMs: number): number {
  const sorted = [...instants].sort((a, b) => a - b);
  let from = 0;
  return sorted.reduce((most, at, index) => {
    while ((sorted[from] ?? at) <= at - spanMs) from += 1;
    return Math.max(most, index - from + 1);
  }, 0);
}
