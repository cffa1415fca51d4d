/**
 * `npm test [-- FILE …]`: prepares the programs the tests need, runs all tests, or those of the named files.
 * Its last line says `N passed, N failed`; the exit code is 1 when a test failed or none ran.
 */
import { delimiter, dirname } from 'node:path';
import { createVitest, type TestModule } from 'vitest/node';
import { prepareEngines } from '../src/native/engines.ts';
import { ensurePrefix } from '../src/native/prefix.ts';

type Totals = { passed: number; failed: number; skipped: number };

/** Counts tests by result; a file or a suite that broke outside its tests counts as one failure. */
function countTests(modules: readonly TestModule[]): Totals {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      totals[state === 'pending' ? 'failed' : state]++;
    }
    const broken = [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0);
    totals.failed += broken.length;
  }
  return totals;
}

// tests start programs whose first line names `node`: it must be this one
process.env['PATH'] = [dirname(process.execPath), process.env['PATH']].join(delimiter);
await ensurePrefix('telephony', console.log);
await prepareEngines(console.log);

const vitest = await createVitest('test', { watch: false, reporters: ['default'] });

/** Time for the tests under way to end; what they started ends with this process at the latest. */
const PATIENCE_MS = 5000;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    setTimeout(() => process.exit(1), PATIENCE_MS).unref();
    void vitest.cancelCurrentRun('keyboard-input');
    process.exitCode = 1;
  });
}

await vitest.start(process.argv.slice(2)).catch(console.error);
const { passed, failed, skipped } = countTests(vitest.state.getTestModules());
const failures = failed + vitest.state.getUnhandledErrors().length;
await vitest.close();
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failures > 0 || passed === 0 ? 1 : process.exitCode);
