import { columns, wrapped } from '../terminal.ts';
import { turnLines } from '../transcript.ts';
import { CALLEES_ZONE } from './callees.ts';
import type { Talk } from './conversations.ts';

const OUTCOME = 'wrong_person'.length + 4;

/** What became of every conversation, how long callees waited for answers, and the first conversation as it was. */
export function talkReport(talks: readonly Talk[]): string {
  const width = columns();
  const waits = talks
    .flatMap(({ turns }) => turns.flatMap(({ latency }) => latency?.voiceToVoiceMs ?? []))
    .sort((a, b) => a - b);
  const [shown] = talks;
  return [
    '',
    row('outcome', 'callee', width),
    `  ${'─'.repeat(Math.min(width, 60) - 3)}`,
    ...talks.map((talk) => row(talk.lead.disposition ?? 'none', story(talk), width)),
    '',
    ...indented(
      `${waits.length} answers, heard ${seconds(waits[waits.length >> 1])} s after the callee at the median, ${seconds(waits.at(-1))} s at most`,
      width,
    ),
    '',
    ...indented(
      `${shown?.callee.firstName}'s conversation, as it was understood and heard; milliseconds count from the end of the callee's words:`,
      width,
    ),
    '',
    ...(shown?.turns ?? []).flatMap((turn) => turnLines(turn, width)),
  ].join('\n');
}

function story({ callee, lead }: Talk): string {
  const { firstName, lastName, does } = callee;
  return `${firstName} ${lastName} ${does}${lead.nextAt ? `: rung again on ${dayAndTime(lead.nextAt)}` : ''}`;
}

const row = (outcome: string, text: string, width: number): string =>
  wrapped(text, width - OUTCOME)
    .map((line, index) => `  ${index === 0 ? outcome : ''}`.padEnd(OUTCOME) + line)
    .join('\n');

const indented = (text: string, width: number): string[] =>
  wrapped(text, width - 2).map((line) => `  ${line}`);

const seconds = (ms: number | undefined): string => ((ms ?? 0) / 1000).toFixed(1);

/** On the callees' own clock. */
const dayAndTime = (instant: string): string =>
  new Date(instant).toLocaleString('en-GB', {
    timeZone: CALLEES_ZONE,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
  });
