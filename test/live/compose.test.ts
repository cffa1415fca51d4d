import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startChild } from '../../src/native/child.ts';
import { workingFolder } from '../../src/native/folder.ts';
import { freePorts } from '../../src/native/ports.ts';
import { ensurePrefix, programOf } from '../../src/native/prefix.ts';

const quoted = (text: string): string => `'${text.replaceAll(`'`, `'\\''`)}'`;

test('the entrypoint of the container turns the configuration into a running Asterisk', async () => {
  const folder = await workingFolder();
  const prefix = await ensurePrefix('telephony', () => {});
  const { command, args, env } = programOf(prefix, 'asterisk');
  const asterisk = join(folder.path, 'asterisk');
  await writeFile(asterisk, `#!/bin/sh\nexec ${[command, ...args].map(quoted).join(' ')} "$@"\n`);
  await chmod(asterisk, 0o755);

  const ports = await freePorts('http', 'sip', 'tls');
  const password = String.raw`with & and | and \ and $HOME`;
  let said = '';
  const container = await startChild({
    program: {
      command: join(import.meta.dirname, '..', '..', 'asterisk', 'entrypoint.sh'),
      args: [],
      env: {
        ...env,
        ...(prefix.folder && { PREFIX: join(prefix.folder, 'usr') }),
        PATH: `${folder.path}:${process.env['PATH']}`,
        ETC: join(folder.path, 'etc'),
        VAR: folder.path,
        ARI_USER: 'carillon',
        ARI_PASSWORD: password,
        HTTP_ADDRESS: '127.0.0.1',
        HTTP_PORT: String(ports.http),
        SIP_ADDRESS: '127.0.0.1',
        SIP_PORT: String(ports.sip),
        SIP_TLS_PORT: String(ports.tls),
        RTP_START: '10000',
        RTP_END: '10099',
      },
    },
    output: (text) => (said += text),
  });
  const ping = async (): Promise<number> => {
    const headers = { authorization: `Basic ${Buffer.from(`carillon:${password}`).toString('base64')}` };
    const reply = await fetch(`http://127.0.0.1:${ports.http}/ari/asterisk/ping`, { headers });
    return reply.status;
  };
  try {
    await expect.poll(() => ping().catch(() => said), { timeout: 30_000 }).toBe(200);
  } finally {
    await container.stop();
    await folder.remove();
  }
});
