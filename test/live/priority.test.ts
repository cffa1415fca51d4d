import { execFile } from 'node:child_process';
import { getPriority } from 'node:os';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const PRIORITY = new URL('../../src/native/priority.ts', import.meta.url).href;
/** A process of its own: this one is not to go before other tests. `nice` prints the niceness that it was given. */
const script = `
  import { execFileSync } from 'node:child_process';
  import { getPriority } from 'node:os';
  import { goFirst } from '${PRIORITY}';
  const goes = await goFirst();
  console.log(JSON.stringify({ goes, own: getPriority(), child: Number(execFileSync('nice')) }));
`;

test('the service goes first where it may, and what it starts runs as usual', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module-typescript',
    '--eval',
    script,
  ]);
  const { goes, own, child } = JSON.parse(stdout) as { goes: boolean; own: number; child: number };
  expect(own).toBe(goes ? -20 : getPriority());
  expect(child).toBe(goes ? 0 : own);
  // Root may, on Linux.
  if (process.platform === 'linux' && process.getuid?.() === 0) expect(goes).toBe(true);
});
