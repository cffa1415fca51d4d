/** Fetches Debian packages with the host's own apt, without root and without touching the host's package state. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Say } from './cache.ts';

const run = promisify(execFile);

/** Asterisk 22 and the speech engines are in Debian testing, not in the releases before it. */
const SUITE = 'forky';

const KEYRINGS = ['gpg', 'pgp'].map((type) => `/usr/share/keyrings/debian-archive-keyring.${type}`);

/**
 * Downloads `packages` of Debian testing with all that they depend on into `folder` and returns the paths of
 * the .deb files. An empty package state makes apt resolve everything, the C library included, so that the
 * result doesn't depend on the host. Apt checks the archive's signature. Throws `NO_APT` on other hosts.
 */
export async function downloadPackages(
  folder: string,
  packages: readonly string[],
  say: Say,
): Promise<readonly string[]> {
  const env = { ...process.env, LC_ALL: 'C', APT_CONFIG: await writeAptSetup(folder) };
  say(`Reading the package lists of Debian ${SUITE} …`);
  await run('apt-get', ['-qq', 'update'], { env }).catch(failedApt);
  // with the real archive folder, apt would not list what is already there
  const elsewhere = ['-o', `Dir::Cache::archives=${join(folder, 'none')}`];
  const listed = await run('apt-get', ['-y', ...elsewhere, '--print-uris', 'install', ...packages], {
    env,
  }).catch(failedApt);
  const files = [...listed.stdout.matchAll(/^'[^']*' (\S+) (\d+)/gm)];
  const megabytes = files.reduce((sum, [, , bytes]) => sum + Number(bytes), 0) / 1e6;
  say(`Fetching ${files.length} packages (${megabytes.toFixed(0)} MB) …`);
  await run('apt-get', ['-qq', '-y', '--download-only', 'install', ...packages], { env }).catch(failedApt);
  return files.map(([, name = '']) => join(folder, 'cache/archives', name));
}

/** Writes a setup that keeps all of apt's state in `folder`; returns the path of its configuration. */
async function writeAptSetup(folder: string): Promise<string> {
  const host = await readHost();
  for (const part of [
    'state/lists/partial',
    'cache/archives/partial',
    'etc/apt.conf.d',
    'etc/preferences.d',
  ]) {
    await mkdir(join(folder, part), { recursive: true });
  }
  await writeFile(join(folder, 'status'), '');
  await writeFile(
    join(folder, 'sources.list'),
    `deb [arch=${host.architecture} signed-by=${host.keyring}] ${host.mirror} ${SUITE} main\n`,
  );
  const path = join(folder, 'apt.conf');
  await writeFile(
    path,
    `Dir "${folder}";
Dir::State "${folder}/state";
Dir::State::status "${folder}/status";
Dir::Cache "${folder}/cache";
Dir::Etc "${folder}/etc";
Dir::Etc::main "/dev/null";
Dir::Etc::sourcelist "${folder}/sources.list";
Dir::Etc::sourceparts "-";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
APT::Install-Recommends "false";
APT::Architecture "${host.architecture}";
APT::Sandbox::User "";
Binary::apt-get::APT::Keep-Downloaded-Packages "true";
${host.network.join('\n')}
`,
  );
  return path;
}

/** What only this host knows: its mirror, its architecture, its keys, its way out to the network. */
async function readHost(): Promise<{
  readonly mirror: string;
  readonly architecture: string;
  readonly keyring: string;
  readonly network: readonly string[];
}> {
  const [targets, architecture, settings] = await Promise.all([
    run('apt-get', ['indextargets', '--format', '$(SITE)', 'Created-By: Packages']),
    run('dpkg', ['--print-architecture']),
    run('apt-config', ['dump']),
  ]).catch(noApt);
  const mirror = targets.stdout.split('\n').find((site) => site.endsWith('/debian'));
  const keyring = KEYRINGS.find(existsSync);
  if (!mirror || !keyring) return noApt(new Error('apt here has no mirror of Debian, or no Debian keys'));
  return {
    mirror,
    keyring,
    architecture: architecture.stdout.trim(),
    network: settings.stdout.split('\n').filter((line) => /^Acquire::(https?|ftp)::/.test(line)),
  };
}

function noApt(cause: unknown): never {
  throw Object.assign(
    new Error(
      'The programs Carillon needs (Asterisk 22.8 or newer among them) are not installed, and this host has ' +
        'no apt of Debian to fetch them with. Install them, or start everything with `docker compose up` ' +
        '(docker-compose.yml).',
      { cause },
    ),
    { code: 'NO_APT' },
  );
}

function failedApt(cause: unknown): never {
  const said = (cause as { stderr?: string }).stderr?.trim() ?? String(cause);
  throw Object.assign(new Error(`apt can't fetch from Debian ${SUITE}: ${said}`, { cause }), {
    code: 'APT_FAILED',
  });
}
