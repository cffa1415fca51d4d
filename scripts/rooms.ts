/** What each room under `src/` may import: other rooms, and packages (`any`: no limit). Read by the linter. */
export const rooms: Readonly<Record<string, Room>> = {
  // core: pure, no clock, no `node:`
  call: { imports: ['answer'], packages: ['zod'] },
  campaign: { imports: ['call', 'schedule'], packages: ['zod'] },
  contact: { imports: ['schedule'], packages: ['zod', 'libphonenumber-js/max'] },
  schedule: { imports: [], packages: ['zod', 'temporal-polyfill'] },
  audio: { imports: [], packages: [] },
  answer: { imports: ['audio'], packages: ['zod'] },
  conversation: { imports: ['audio', 'schedule'], packages: ['zod', 'chrono-node'] },
  // adapters: one outside thing each, never one another
  asterisk: {
    imports: ['call', 'audio'],
    packages: ['ws', 'node:events', 'node:http', 'node:timers', 'node:timers/promises'],
  },
  speech: { imports: ['audio', 'conversation'], packages: 'any' },
  llm: { imports: ['conversation'], packages: 'any' },
  db: {
    imports: ['call', 'campaign', 'contact', 'schedule', 'answer', 'conversation'],
    packages: 'any',
  },
  // the one that joins them
  engine: {
    imports: [
      'call',
      'campaign',
      'contact',
      'schedule',
      'answer',
      'conversation',
      'audio',
      'asterisk',
      'speech',
      'llm',
      'db',
    ],
    packages: [
      'node:crypto',
      'node:events',
      'node:fs',
      'node:fs/promises',
      'node:path',
      'node:timers',
      'node:timers/promises',
      'node:stream',
      'node:stream/promises',
      'node:os',
      'pino',
      'csv-parse',
      'csv-stringify',
    ],
  },
  // the faces
  protocol: {
    imports: ['answer', 'call', 'campaign', 'contact', 'conversation', 'schedule'],
    packages: ['zod'],
  },
  api: {
    imports: [
      'protocol',
      'engine',
      'db',
      'answer',
      'call',
      'campaign',
      'contact',
      'conversation',
      'schedule',
    ],
    packages: 'any',
  },
  web: { imports: ['protocol'], packages: 'any' },
  config: { imports: [], packages: 'any' },
  // finds, fetches and starts the programs that Carillon stands on; main, scripts and tests use it
  native: { imports: ['config'], packages: 'any' },
};

type Room = { readonly imports: readonly string[]; readonly packages: readonly string[] | 'any' };
