import { defineConfig } from 'vitest/config';

/** Tests that hear and think with the real models, or hold an agent to its times: nothing else goes on beside them. */
const withEngines = [
  'test/live/answer.test.ts',
  'test/live/conversation*.test.ts',
  'test/live/engine-{faults,kills}.test.ts',
  'test/live/speech-{analysis,engines,start}.test.ts',
];

const live = {
  globalSetup: ['test/support/database-server.ts'],
  testTimeout: 90_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    projects: [
      // Generous: a property test takes ten times as long on a machine that is busy with something else.
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 60_000,
          maxWorkers: '100%',
          // Pure tests have nothing to be kept apart for, and loading every module anew takes half their time.
          isolate: false,
          pool: 'threads',
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'db',
          include: ['test/db/**/*.test.ts'],
          maxWorkers: '100%',
          globalSetup: ['test/support/database-server.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...live,
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          exclude: withEngines,
          // Calls mostly wait for phones to ring: two files side by side.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...live,
          name: 'engines',
          include: withEngines,
          // Whisper and the language model take both cores: one file at a time, when all else is done.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
