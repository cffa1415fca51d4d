import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the words between @ signs in `asterisk/*.conf` become. */
export type Placeholders = Readonly<Record<string, string>>;

/** Asterisk's own defaults are right here, but it complains about a file it can't find. */
const LEFT_AT_DEFAULT = [
  'acl',
  'ccss',
  'cel',
  'chan_websocket',
  'features',
  'pjproject',
  'stasis',
  'udptl',
  'websocket_client',
];

/**
 * Writes the configuration of one Asterisk into `target`: the files of each source folder in turn, a later one
 * replacing an earlier one of the same name. Throws on a placeholder that has no value.
 */
export async function renderConfig(
  sources: readonly string[],
  target: string,
  placeholders: Placeholders,
): Promise<void> {
  await mkdir(target, { recursive: true });
  await Promise.all(LEFT_AT_DEFAULT.map((name) => writeFile(join(target, `${name}.conf`), '')));
  for (const source of sources) {
    const names = (await readdir(source)).filter((name) => name.endsWith('.conf'));
    await Promise.all(
      names.map(async (name) => {
        const text = await readFile(join(source, name), 'utf8');
        // The files hold passwords.
        await writeFile(join(target, name), fill(text, name, placeholders), { mode: 0o600 });
      }),
    );
  }
}

/** Fills in the placeholders of one file; throws on one without a value, or on a value that would break a line. */
export function fill(text: string, name: string, placeholders: Placeholders): string {
  return text.replaceAll(/@([A-Z][A-Z_]*)@/g, (_match, key: string) => {
    const value = placeholders[key];
    if (value === undefined) throw new Error(`${name} asks for @${key}@, which has no value`);
    if (/[\r\n;]/.test(value)) throw new Error(`@${key}@ holds a character that ${name} can't carry`);
    return value;
  });
}
