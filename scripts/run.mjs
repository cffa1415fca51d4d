// Starts one of the project's programs on a fresh machine: `node scripts/run.mjs NAME [ARG …]`.
// Plain JavaScript, since the host's Node (20 or newer) runs it before anything is installed;
// the program itself, scripts/NAME.ts, then runs on the Node that package.json pins.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name, ...args] = process.argv.slice(2);

function installDependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.carillon-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('Installing dependencies (npm ci) …\n');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  if (npm.status !== 0) process.exit(npm.status ?? 1);
  writeFileSync(stamp, lock);
}

installDependencies();
const child = spawn(
  join(root, 'node_modules', '.bin', 'node'),
  [
    // short pauses for calls, and an import peaks at 175 MB; V8's own choice grows to three times 32 MB and 240 MB
    '--max-semi-space-size=8',
    // the service takes its configuration from .env too; the demo and the tests take none
    ...(name === 'start' ? [`--env-file-if-exists=${join(root, '.env')}`] : []),
    join(root, 'scripts', `${name}.ts`),
    ...args,
  ],
  { stdio: 'inherit' },
);
// A terminal sends Ctrl-C to the whole group; the program decides how to end, this process waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
}
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
