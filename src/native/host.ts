import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** The first Asterisk that has all the fixes the media websocket needs. */
const OLDEST_ASTERISK = [22, 8] as const;

/** Where an Asterisk keeps what it loads and plays. */
export type AsteriskFolders = { readonly modules: string; readonly data: string };

/** Finds the folders of an Asterisk installed below `root`; undefined when its modules or English sounds lack. */
export function findAsteriskFolders(root: string): AsteriskFolders | undefined {
  const module = globSync(`${root}/usr/lib{,/*}/asterisk/modules/chan_websocket.so`)[0];
  const sound = globSync(`${root}/{usr/share,var/lib}/asterisk/sounds/en/vm-intro.*`)[0];
  return module && sound ? { modules: join(module, '..'), data: join(sound, '..', '..', '..') } : undefined;
}

/** Finds a program of the host that is fit for Carillon; undefined when a private one has to stand in. */
export async function findOnHost(name: string): Promise<string | undefined> {
  if (name === 'sipp') return findOnPath(name);
  if (name !== 'asterisk') return undefined; // the speech engines don't tell their version
  const path = await findOnPath(name);
  if (!path || !findAsteriskFolders('/')) return undefined;
  const { stdout } = await promisify(execFile)(path, ['-V']);
  return isNewEnough(stdout) ? path : undefined;
}

/** Reads what `asterisk -V` prints, such as `Asterisk 22.10.1~dfsg`; a certified or a development one is not known. */
export function isNewEnough(version: string): boolean {
  const [, major, minor] = /^Asterisk (\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return false;
  const [oldestMajor, oldestMinor] = OLDEST_ASTERISK;
  return Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
}

async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']) {
    const path = join(folder, name);
    const isProgram = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isProgram) return path;
  }
  return undefined;
}
