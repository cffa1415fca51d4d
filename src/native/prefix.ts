/** A private folder with the programs Carillon stands on, for hosts that lack them or have older ones. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { downloadPackages } from './apt.ts';
import { buildOnce, cacheFolder, withLock, type Say } from './cache.ts';
import type { Program } from './child.ts';
import { findAsteriskFolders, findOnHost, type AsteriskFolders } from './host.ts';

const run = promisify(execFile);

/** The Debian packages that bring each program, in groups that are fetched apart from one another. */
const GROUPS = {
  telephony: {
    asterisk: ['asterisk', 'asterisk-core-sounds-en-wav', 'asterisk-core-sounds-en-gsm'],
    sipp: ['sip-tester'],
  },
  speech: {
    'whisper-server': ['whisper.cpp-tools'],
    'whisper-quantize': ['whisper.cpp-tools'],
    'llama-server': ['llama.cpp-tools'],
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** What can be asked for: `telephony` for calls, `speech` for conversations. */
export type Group = keyof typeof GROUPS;

/** A program that the project finds or fetches. */
export type ProgramName = { [G in Group]: keyof (typeof GROUPS)[G] }[Group];

/** Where the programs of a group are: some on the host, the rest in a folder with Debian's layout. */
export type Prefix = {
  readonly host: Readonly<Partial<Record<ProgramName, string>>>;
  readonly folder?: string;
};

/** Never read by a program, and half of the disk that the packages would take. */
const UNREAD = ['doc', 'man', 'locale', 'perl', 'lintian', 'bug', 'icons', 'fonts', 'info'].map(
  (name) => `usr/share/${name}`,
);

/**
 * Makes sure that the programs of `group` are there: those of the host where they are new enough, else
 * Debian testing's, fetched once per user. Throws `NO_APT` or `APT_FAILED` with what to do about it.
 */
export async function ensurePrefix(group: Group, say: Say): Promise<Prefix> {
  const host: Partial<Record<ProgramName, string>> = {};
  const missing = new Set<string>();
  const wanted: Readonly<Record<string, readonly string[]>> = GROUPS[group];
  for (const [name, packages] of Object.entries(wanted)) {
    const found = await findOnHost(name);
    if (found) host[name as ProgramName] = found;
    else for (const item of packages) missing.add(item);
  }
  if (missing.size === 0) return { host };

  const packages = [...missing];
  const key = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 8);
  const apt = join(cacheFolder(), 'apt');
  const folder = await buildOnce(join(cacheFolder(), 'prefix', `${group}-${key}`), say, (draft) =>
    withLock(`${apt}.lock`, say, async () => {
      const debs = await downloadPackages(apt, packages, say);
      say(`Unpacking ${packages.join(', ')} …`);
      await unpack(debs, draft);
    }),
  );
  return { host, folder };
}

async function unpack(debs: readonly string[], folder: string): Promise<void> {
  const waiting = [...debs];
  const worker = async (): Promise<void> => {
    for (let deb = waiting.pop(); deb; deb = waiting.pop()) await run('dpkg-deb', ['-x', deb, folder]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  await Promise.all(UNREAD.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  // the package's installation script, which doesn't run here, makes this link
  const sounds = join(folder, 'usr/share/asterisk/sounds');
  if (existsSync(join(sounds, 'en_US_f_Allison'))) await symlink('en_US_f_Allison', join(sounds, 'en'));
}

/**
 * How to start a program of `prefix`: one of the folder goes through the folder's own loader, since the host's
 * C library may be older. Arguments that name files must be absolute: a speech engine needs a working
 * directory of its own, where it looks for the fastest backend for this processor.
 */
export function programOf(prefix: Prefix, name: ProgramName): Program {
  const onHost = prefix.host[name];
  if (onHost) return { command: onHost, args: [], env: {} };
  const [loader] = globSync(`${prefix.folder}/usr/lib/*/ld-linux-*.so.*`);
  const [program] = globSync(`${prefix.folder}/usr/{bin,sbin}/${name}`);
  if (!loader || !program)
    throw Object.assign(new Error(`${name} is not in this group`), { code: 'NO_PROGRAM' });
  const libraries = dirname(loader);
  const [backends] = globSync(`${libraries}/ggml/backends*`);
  return {
    command: loader,
    args: ['--library-path', `${libraries}:${libraries}/llama`, '--argv0', name, program],
    env: { GCONV_PATH: `${libraries}/gconv`, OPENSSL_MODULES: `${libraries}/ossl-modules` },
    ...(backends && { cwd: backends }),
  };
}

/** Where the Asterisk of `prefix` keeps its modules, and its data with the English sounds. */
export function asteriskFoldersOf(prefix: Prefix): AsteriskFolders {
  const folders = findAsteriskFolders(prefix.host.asterisk ? '/' : (prefix.folder ?? '/'));
  if (!folders) throw Object.assign(new Error('asterisk is not in this group'), { code: 'NO_PROGRAM' });
  return folders;
}
