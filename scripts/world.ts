import { join } from 'node:path';
import type { Logger } from 'pino';
import { readConfig } from '../src/config/config.ts';
import { type RunningAsterisk, startAsterisk } from '../src/native/asterisk.ts';
import type { Say } from '../src/native/cache.ts';
import { workingFolder } from '../src/native/folder.ts';
import { type Service, startService } from '../src/service.ts';
import { type ApiClient, createClient } from './api-client.ts';

/** A service and the far end it calls, in a folder of their own. */
export interface World {
  readonly folder: string;
  readonly service: Service;
  readonly farEnd: RunningAsterisk;
  readonly api: ApiClient;
  /** The body that makes the far end a trunk of the service. */
  readonly trunk: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Starts everything on free ports of loopback; nothing is left behind, also after Ctrl-C or a crash. */
export async function startWorld({
  say,
  log,
  env,
}: {
  say: Say;
  log: Logger;
  /** Configuration beside that of the world itself. */
  env: Readonly<Record<string, string>>;
}): Promise<World> {
  const folder = await workingFolder();
  const farEnd = await startAsterisk({ role: 'far-end', folder: join(folder.path, 'far-end'), say });
  const config = readConfig({
    ...process.env,
    CARILLON_DATA_DIR: join(folder.path, 'carillon'),
    CARILLON_HTTP: '127.0.0.1:0',
    ...env,
  });
  const service = await startService(config, { say, log });
  if (!service.firstKey) throw new Error('The database of the demo has been used before.');
  return {
    folder: folder.path,
    service,
    farEnd,
    api: createClient(service.url, service.firstKey),
    trunk: {
      id: 'far-end',
      name: 'Simulated carrier',
      host: '127.0.0.1',
      port: farEnd.sipPort,
      username: farEnd.trunkUser,
      password: farEnd.trunkPassword,
      callerIds: ['+442079460000'],
      allowedPrefixes: ['+44'],
      channels: 30,
      callsPerSecond: 5,
      costPerMinute: '0.012',
      billingIncrementSeconds: 6,
    },
    async stop() {
      await service.stop();
      await farEnd.stop();
      await folder.remove();
    },
  };
}
