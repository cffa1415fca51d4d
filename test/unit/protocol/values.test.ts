import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { agentCreate, agentPatch } from '../../../src/protocol/agent.ts';
import { campaignCreate, campaignPatch } from '../../../src/protocol/campaign.ts';
import { contactCreate } from '../../../src/protocol/contact.ts';
import { leadsAdd } from '../../../src/protocol/lead.ts';
import { pageQuery } from '../../../src/protocol/page.ts';
import { trunkCreate, trunkPatch } from '../../../src/protocol/trunk.ts';
import { e164, instant, line, money, serialText } from '../../../src/protocol/values.ts';

/** For each schema: what it takes, and what it refuses. */
const table: readonly [
  name: string,
  schema: z.ZodType,
  takes: readonly unknown[],
  refuses: readonly unknown[],
][] = [
  [
    'e164',
    e164,
    ['+4930123456', '+1234567', '+123456789012345'],
    [
      '4930123456',
      '+0301234567',
      '+123456',
      '+1234567890123456',
      '+49 30 123456',
      '+4930123456\n',
      '+49301&PJSIP/x',
      7,
    ],
  ],
  [
    'money',
    money,
    ['0', '0.0125', '999999.999999'],
    ['-1', '1.', '.5', '1e3', '1000000', '0.0000001', '1,5', 0.5],
  ],
  [
    'line',
    line,
    ['Ada', ' x ', '李', 'O’Neil "Jo" <x>'],
    ['', '   ', 'a\nb', 'a\u0000b', 'a\u007f', 'x'.repeat(201)],
  ],
  [
    'instant',
    instant,
    ['2026-03-29T18:05:00Z', '2026-03-29T18:05:00.123Z'],
    ['2026-03-29', '2026-03-29T18:05:00+02:00', '2026-02-30T00:00:00Z', 1_700_000_000, 'now'],
  ],
  [
    'serial in a path',
    serialText,
    ['1', '9007199254740991'],
    ['0', '-1', '1.5', 'x', '', '9007199254740993'],
  ],
  [
    'page',
    pageQuery,
    [{}, { limit: '200' }, { cursor: 'x' }],
    [{ limit: '0' }, { limit: '201' }, { page: '2' }],
  ],
  [
    'agent',
    agentCreate,
    [{ name: 'a', greeting: 'Hi' }],
    [{}, { name: 'a', greeting: ' ' }, { name: 'a', greeting: 'Hi', maxCallSeconds: 9 }],
  ],
  ['agent change', agentPatch, [{ voice: 'x' }], [{}, { id: '1' }]],
  [
    'campaign',
    campaignCreate,
    [{ name: 'c' }],
    [
      { name: 'c', minGapSeconds: -1 },
      { name: 'c', maxPer24Hours: 0 },
    ],
  ],
  ['campaign change', campaignPatch, [{ agentId: null }], [{}, { state: 'active' }]],
  [
    'contact',
    contactCreate,
    [{ numbers: ['+4930123456'] }, { numbers: ['+4930123456'], timezone: 'Europe/Berlin' }],
    [
      { numbers: ['+4930123456'], timezone: 'CET' },
      { numbers: ['+4930123456'], email: 'x' },
    ],
  ],
  [
    'leads',
    leadsAdd,
    [{ filter: {} }, { filter: { company: 'x' } }],
    [{}, { filter: {}, contact: {} }, { filter: { id: 1 } }],
  ],
  ['trunk change', trunkPatch, [{ password: null }, { channels: 1 }], [{}, { createdAt: 'x' }]],
];
type Cell = [name: string, verdict: 'takes' | 'refuses', value: unknown, schema: z.ZodType];
const cells = table.flatMap(([name, schema, takes, refuses]) =>
  takes
    .map((value): Cell => [name, 'takes', value, schema])
    .concat(refuses.map((value) => [name, 'refuses', value, schema])),
);

test.each(cells)('%s %s %j', (_name, verdict, value, schema) => {
  expect(schema.safeParse(value).success).toBe(verdict === 'takes');
});

test('an instant keeps its milliseconds on the wire and back', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      expect(instant.decode(instant.encode(date))).toEqual(date);
    }),
  );
});

test('whatever a trunk’s fields hold, none carries a line break into the PBX’s configuration', () => {
  const fields = fc.record({
    id: fc.string(),
    name: fc.string(),
    host: fc.string(),
    username: fc.string(),
    password: fc.string(),
    callerIds: fc.array(fc.string(), { minLength: 1 }),
  });
  const base = { id: 't', name: 't', host: 'h', callerIds: ['+4930123456'], channels: 1, callsPerSecond: 1 };
  const names = ['id', 'name', 'host', 'username', 'password', 'callerIds'] as const;
  fc.assert(
    fc.property(fields, fc.constantFrom(...names), (random, name) => {
      const value = name === 'callerIds' ? random.callerIds : `${random[name]}\n[evil]`;
      const parsed = trunkCreate.safeParse({ ...base, [name]: value });
      if (parsed.success) expect(JSON.stringify(parsed.data)).not.toMatch(/\\[nr]/);
    }),
  );
});
