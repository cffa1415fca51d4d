import { describe, expect, test } from 'vitest';
import { turnLines } from '../../scripts/transcript.ts';
import type { SpokenTurn } from '../../src/conversation/transcript.ts';

const answer: SpokenTurn = {
  speaker: 'agent',
  atMs: 14_260,
  untilMs: 18_000,
  text: 'Parking is free behind the house, in Quay Street.',
  interrupted: true,
  latency: {
    transcribedMs: 420,
    firstWordMs: 700,
    firstClauseMs: 810,
    firstAudioMs: 900,
    committedMs: 430,
    voiceToVoiceMs: 905,
    filledMs: null,
  },
  passages: [
    { id: 1, document: 'practice.md', heading: 'Harbour Dental › Parking', text: 'Parking is free.' },
  ],
};

describe('a turn on a terminal', () => {
  test('has its stages in the order in which they were reached, and its source', () => {
    expect(turnLines(answer, 200)).toEqual([
      '  14.3 s  agent   Parking is free behind the house, in Quay Street. – (interrupted)',
      '                  answered in 905 ms: words 420, turn over 430, model 700, first clause 810, voice 900, heard 905',
      '                  from practice.md, Harbour Dental › Parking',
    ]);
  });

  test('of the callee is what was understood', () => {
    const turn: SpokenTurn = {
      ...answer,
      speaker: 'callee',
      interrupted: false,
      latency: null,
      passages: [],
    };
    expect(turnLines({ ...turn, text: 'Where can I park?' }, 80)).toEqual([
      '  14.3 s  callee  Where can I park?',
    ]);
  });

  test.each([80, 60, 59, 30, 20])('fits on %i columns', (columns) => {
    for (const line of turnLines(answer, columns)) expect(line.length).toBeLessThanOrEqual(columns);
  });
});
