/** `npm run check`: format, types, lint with import rules, dead code and unit tests, side by side. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

const steps: Readonly<Record<string, readonly string[]>> = {
  types: ['tsc', '-p', '.', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/tsc.json'],
  format: ['prettier', '--check', '--cache', '--log-level=warn', '.'],
  lint: ['oxlint', '--deny-warnings'],
  'dead code': ['knip', '--no-progress'],
  'unit tests': ['vitest', 'run', '--project', 'unit', '--reporter=dot'],
};

const started = performance.now();
const waiting = Object.entries(steps);
let failed = false;

async function runSteps(): Promise<void> {
  for (let step = waiting.shift(); step; step = waiting.shift()) {
    const [name, [program = '', ...args]] = step;
    const from = performance.now();
    const { code, output } = await run(`node_modules/.bin/${program}`, args);
    process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds(from)} s)\n`);
    if (code !== 0) process.stdout.write(output);
    failed ||= code !== 0;
  }
}

function run(program: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

const seconds = (from: number): string => ((performance.now() - from) / 1000).toFixed(1);

await Promise.all(Array.from({ length: availableParallelism() }, runSteps));
process.stdout.write(`check ${failed ? 'failed' : 'passed'} in ${seconds(started)} s\n`);
process.exitCode = failed ? 1 : 0;
