import { expect, test } from 'vitest';
import type { z } from 'zod';
import { defaultRetryPolicy } from '../../../src/campaign/retry.ts';
import { agent } from '../../../src/protocol/agent.ts';
import { analysis, call } from '../../../src/protocol/call.ts';
import { campaign } from '../../../src/protocol/campaign.ts';
import { contact } from '../../../src/protocol/contact.ts';
import { chainReport, decision } from '../../../src/protocol/decision.ts';
import { dncEntry } from '../../../src/protocol/dnc.ts';
import { lead } from '../../../src/protocol/lead.ts';
import { liveMessage } from '../../../src/protocol/live.ts';
import { problem } from '../../../src/protocol/problem.ts';
import { stats } from '../../../src/protocol/stats.ts';
import { trunk } from '../../../src/protocol/trunk.ts';
import { defaultWindows } from '../../../src/schedule/windows.ts';

const id = '00000000-0000-4000-8000-000000000001';
const at = new Date('2026-03-02T10:00:00.123Z');
const number = '+4930123456';

/** One value of every resource, as code holds it. */
const samples: readonly [name: string, schema: z.ZodType, value: Readonly<Record<string, unknown>>][] = [
  [
    'agent',
    agent,
    {
      id,
      name: 'Ada',
      persona: 'kind\nand brief',
      greeting: 'Hello',
      voicemailMessage: '',
      voice: 'en_US-joe-medium',
      language: 'en',
      speakingRate: 1.1,
      maxCallSeconds: 300,
      talks: true,
      objective: '',
      disclosure: 'I am an AI.',
      recordingNotice: 'This call is recorded.',
      noInputSeconds: 7,
      tools: ['end_call', 'transfer'],
      transferTargets: [{ id: 'desk', label: 'the front desk', number }],
      createdAt: at,
    },
  ],
  [
    'contact',
    contact,
    {
      id,
      firstName: 'Jo\u0007',
      lastName: null,
      email: 'not an address',
      company: null,
      title: null,
      timezone: 'nowhere',
      custom: { plan: 'gold' },
      numbers: [number],
      createdAt: at,
    },
  ],
  ['dnc', dncEntry, { id: 1, number, campaignId: null, source: 'import', reason: '', createdAt: at }],
  [
    'trunk',
    trunk,
    {
      id: 'carrier-1',
      name: 'Carrier',
      host: '192.0.2.1',
      port: 5060,
      transport: 'tls',
      username: null,
      registers: false,
      callerIds: [number],
      allowedPrefixes: ['+49'],
      channels: 1,
      callsPerSecond: 0.5,
      costPerMinute: '0.012500',
      billingMinimumSeconds: 0,
      billingIncrementSeconds: 60,
      answerThresholds: { human: 0.5, machine: 0.005 },
      inbound: [{ number: '+4930000001', agentId: id }],
      hasPassword: false,
      pausedBecause: null,
      status: { qualify: 'unknown', registration: 'none' },
      createdAt: at,
    },
  ],
  [
    'campaign',
    campaign,
    {
      id,
      name: 'c',
      description: '',
      objective: '',
      objectiveFields: [
        { name: 'party', question: 'How many will come?', type: 'number' },
        {
          name: 'insurance',
          question: 'How are they insured?',
          type: 'choice',
          options: ['private', 'public'],
        },
      ],
      agentId: id,
      trunkId: 'carrier-1',
      callerId: number,
      windows: defaultWindows,
      retry: defaultRetryPolicy,
      maxConcurrent: 1,
      maxAttempts: 8,
      minGapSeconds: 0,
      maxPer24Hours: null,
      ringTimeoutSeconds: 15,
      turnTargetMs: 2500,
      state: 'paused',
      pausedBecause: ['operator', 'disk'],
      createdAt: at,
      startedAt: at,
      endedAt: null,
    },
  ],
  [
    'lead',
    lead,
    {
      id: 1,
      contactId: id,
      number,
      firstName: null,
      lastName: null,
      state: 'waiting',
      nextAt: at,
      attempts: 2,
      outcomes: { busy: 1, no_answer: 1 },
      disposition: 'busy',
    },
  ],
  [
    'call',
    call,
    {
      id,
      campaignId: id,
      leadId: 1,
      trunkId: 'carrier-1',
      number,
      callerId: number,
      state: 'ended',
      disposition: 'answered',
      reservedAt: at,
      dialedAt: at,
      ringingAt: null,
      answeredAt: at,
      endedAt: at,
      talkSeconds: 1.5,
      billedSeconds: 2,
      cost: '123456789.000001',
      sipCode: null,
      q850: 16,
      greetingHeard: true,
      hasRecording: false,
    },
  ],
  [
    'decision',
    decision,
    { id: 1, leadId: 1, attemptId: null, verdict: 'hold', at, proof: '{"a":1}', hash: 'ff' },
  ],
  ['chain', chainReport, { intact: false, checked: 1, brokenAt: 2, head: 'ff' }],
  [
    'stats',
    stats,
    {
      asOf: at,
      leads: { total: 1, called: 1, remaining: 0, byDisposition: { busy: 1 } },
      calls: {
        total: 1,
        active: 0,
        connected: 0,
        connectRate: 0,
        averageTalkSeconds: null,
        totalCost: '0',
        byDisposition: {},
      },
      sentiment: { positive: 1, neutral: 0, negative: 0 },
      estimatedCompletion: { known: true, at },
    },
  ],
  [
    'analysis',
    analysis,
    {
      analysedAt: at,
      summary: 'They will come.',
      sentiment: { value: 'positive', quote: 'Great, thanks.' },
      disposition: null,
      fields: [{ name: 'party', source: 'analysis', value: 4, quote: 'Four of us.' }],
    },
  ],
  ['live campaign', liveMessage, { type: 'campaign', id, state: 'active', pausedBecause: [] }],
  [
    'live call',
    liveMessage,
    { type: 'call', id, campaignId: id, leadId: 1, state: 'ringing', disposition: null, at },
  ],
  [
    'live analysis',
    liveMessage,
    {
      type: 'analysis',
      callId: id,
      campaignId: id,
      leadId: 1,
      sentiment: 'neutral',
      disposition: 'interested',
      at,
    },
  ],
  [
    'live trunk',
    liveMessage,
    { type: 'trunk', id: 'carrier-1', status: { qualify: 'reachable', registration: 'rejected' } },
  ],
  ['problem', problem, { type: '/problems/x', title: 'X', status: 404, detail: 'x' }],
];

test.each(samples)('%s goes over the wire and comes back as it was', (_name, schema, value) => {
  const wire: unknown = JSON.parse(JSON.stringify(schema.encode(value)));
  expect(schema.decode(wire)).toEqual(value);
});

test.each(samples)('%s carries no field that its schema does not name', (_name, schema, value) => {
  expect(schema.safeEncode({ ...value, password: 's3cret' }).success).toBe(false);
});
