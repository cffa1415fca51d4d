import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findAsteriskFolders, isNewEnough } from '../../../src/native/host.ts';

test.each([
  ['Asterisk 22.10.1+dfsg+~cs6.17.60671434-1', true],
  ['Asterisk 22.8.0', true],
  ['Asterisk 22.7.9', false],
  ['Asterisk 23.0.0', true],
  ['Asterisk 16.28.0~dfsg-0+deb11u4', false],
  ['Asterisk certified/20.7-cert2', false],
  ['Asterisk GIT-master-abc', false],
  ['', false],
])('%s is new enough: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});

const debianModule = 'usr/lib/x86_64-linux-gnu/asterisk/modules/chan_websocket.so';
const debianSound = 'usr/share/asterisk/sounds/en/vm-intro.gsm';

test.each([
  [
    'as Debian lays it out',
    [debianModule, debianSound],
    ['usr/lib/x86_64-linux-gnu/asterisk/modules', 'usr/share/asterisk'],
  ],
  [
    'as `make install` does',
    ['usr/lib/asterisk/modules/chan_websocket.so', 'var/lib/asterisk/sounds/en/vm-intro.wav'],
    ['usr/lib/asterisk/modules', 'var/lib/asterisk'],
  ],
  ['without the media websocket', [debianSound], undefined],
  ['without English sounds', [debianModule], undefined],
] as const)('an Asterisk %s is found', async (_, files, expected) => {
  const root = await mkdtemp(join(tmpdir(), 'host-test-'));
  for (const file of files) {
    await mkdir(join(root, dirname(file)), { recursive: true });
    await writeFile(join(root, file), '');
  }
  expect(findAsteriskFolders(root)).toEqual(
    expected && { modules: join(root, expected[0]), data: join(root, expected[1]) },
  );
  await rm(root, { recursive: true });
});
