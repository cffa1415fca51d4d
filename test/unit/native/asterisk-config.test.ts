import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fill, renderConfig } from '../../../src/native/asterisk-config.ts';

test.each([
  ['a = @ONE@:@TWO_B@', 'a = 1:2'],
  ['user@host', 'user@host'],
])('%s becomes %s', (text, expected) => {
  expect(fill(text, 'x.conf', { ONE: '1', TWO_B: '2' })).toBe(expected);
});

test.each([
  ['a placeholder without a value', '@MISSING@', 'asks for @MISSING@'],
  ['a value that begins another line', '@BAD@', "can't carry"],
])('%s is an error', (_name, text, message) => {
  expect(() => fill(text, 'x.conf', { BAD: 'a\nb' })).toThrow(message);
});

test('a later folder replaces files of the same name, and only the owner can read them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-test-'));
  const root = join(import.meta.dirname, '../../../asterisk');
  try {
    const placeholders = new Proxy({}, { get: () => 'x' });
    await renderConfig([root, join(root, 'far-end')], folder, placeholders);
    const names = await readdir(folder);
    expect(names).toEqual(
      expect.arrayContaining(['asterisk.conf', 'cdr_custom.conf', 'sorcery.conf', 'acl.conf']),
    );
    expect(await readFile(join(folder, 'pjsip.conf'), 'utf8')).toContain('user_agent = Carillon far end');
    expect(await readFile(join(folder, 'manager.conf'), 'utf8')).toMatch(/^enabled = no$/m);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  ['manager.conf', /^enabled = no$/m],
  ['asterisk.conf', /^live_dangerously = no$/m],
  ['http.conf', /^bindaddr = @HTTP_ADDRESS@$/m],
  ['pjsip.conf', /^endpoint_identifier_order = ip,username$/m],
  ['modules.conf', /^autoload = no$/m],
])('%s is closed', async (name, line) => {
  expect(await readFile(join(import.meta.dirname, '../../../asterisk', name), 'utf8')).toMatch(line);
});

test.each([
  'res_pjsip_endpoint_identifier_anonymous',
  'app_system',
  'func_shell',
  'app_originate',
  'app_dial',
])('Asterisk has no %s', async (module) => {
  expect(await readFile(join(import.meta.dirname, '../../../asterisk/modules.conf'), 'utf8')).not.toContain(
    module,
  );
});
