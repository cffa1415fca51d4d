/** A conversation as it is printed on a terminal. */
import { styleText } from 'node:util';
import type { SpokenTurn, TurnLatency } from '../src/conversation/transcript.ts';
import { wrapped } from './terminal.ts';

const NARROW = 60;
const NARROW_INDENT = 4;

/** What each stage of an answer is called; the last of them is what the callee waits for. */
const stageNames: Readonly<Record<keyof TurnLatency, string>> = {
  transcribedMs: 'words',
  committedMs: 'turn over',
  firstWordMs: 'model',
  firstClauseMs: 'first clause',
  firstAudioMs: 'voice',
  filledMs: 'filler',
  voiceToVoiceMs: 'heard',
};

/**
 * The lines of a turn, no longer than `columns`: when it began, who spoke, what was said, and for an answer what it was
 * given from and how many milliseconds after the end of the callee's words each stage of it was reached.
 */
export function turnLines(turn: SpokenTurn, columns: number): string[] {
  const { speaker, atMs, text, interrupted, latency, passages } = turn;
  const head = `${(atMs / 1000).toFixed(1).padStart(6)} s  ${speaker.padEnd(6)}  `;
  const indent = columns < NARROW ? NARROW_INDENT : head.length;
  const body = (words: string): string[] =>
    wrapped(words, columns - indent).map((line) => ' '.repeat(indent) + line);
  const said = body(interrupted ? `${text} – (interrupted)` : text);
  const beside = [
    ...(latency ? [`answered in ${latency.voiceToVoiceMs} ms: ${stagesOf(latency)}`] : []),
    ...passages.map(({ document, heading }) => `from ${document}, ${heading}`),
  ];
  return [
    ...(columns < NARROW
      ? [head.trimEnd(), ...said]
      : [head + (said[0] ?? '').trimStart(), ...said.slice(1)]),
    ...beside.flatMap(body).map((line) => styleText('dim', line)),
  ];
}

/** In the order in which they were reached, which is not always the same. */
function stagesOf(latency: TurnLatency): string {
  return Object.entries(stageNames)
    .flatMap(([stage, name]) => {
      const ms = latency[stage as keyof TurnLatency];
      return ms === null ? [] : [{ name, ms }];
    })
    .sort((a, b) => a.ms - b.ms)
    .map(({ name, ms }) => `${name} ${ms}`)
    .join(', ');
}
