/** What does not fit is said clearly and loses nothing. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiClient, createClient } from '../../scripts/api-client.ts';
import { type RunningAsterisk, startAsterisk } from '../../src/native/asterisk.ts';
import { type WorkingFolder, workingFolder } from '../../src/native/folder.ts';
import { createCampaign, dramaNumberIn, neverAgain, until } from '../support/campaign.ts';
import { freshDatabaseUrl } from '../support/database.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';

const databaseUrl = await freshDatabaseUrl();
let folder: WorkingFolder;
let asterisk: RunningAsterisk;
let service: ServiceProcess;
let api: ApiClient;
const started = (http: string): Promise<ServiceProcess> =>
  startServiceProcess({
    DATABASE_URL: databaseUrl,
    CARILLON_DATA_DIR: join(folder.path, 'service'),
    CARILLON_ARI_URL: asterisk.ariUrl,
    CARILLON_ARI_USER: asterisk.ariUser,
    CARILLON_ARI_PASSWORD: 'wrong',
    CARILLON_HTTP: http,
  });

beforeAll(async () => {
  folder = await workingFolder();
  asterisk = await startAsterisk({
    role: 'carillon',
    folder: join(folder.path, 'asterisk'),
    say: () => undefined,
  });
  service = await started('127.0.0.1:0');
  api = createClient(service.url, service.firstKey ?? '');
});
afterAll(async () => {
  await service.stop();
  await asterisk.stop();
  await folder.remove();
});

interface Part {
  readonly name: string;
  readonly ok: boolean;
  readonly problem: string | null;
  readonly remedy: string | null;
}

test('with a wrong ARI password the service runs, says so, and dials nothing', async () => {
  const reply = await fetch(`${service.url}/readyz`);
  expect(reply.status).toBe(503);
  const { parts } = (await reply.json()) as { parts: Part[] };
  expect(parts.find(({ name }) => name === 'asterisk')).toMatchObject({
    ok: false,
    problem: expect.stringContaining('401'),
    remedy: expect.stringContaining('CARILLON_ARI_URL'),
  });

  await api.call('POST', '/trunks', {
    id: 'carrier',
    name: 'Carrier',
    host: '127.0.0.1',
    callerIds: ['+442079460000'],
    allowedPrefixes: ['+44'],
    channels: 1,
    callsPerSecond: 1,
  });
  const numbers = [dramaNumberIn(113, '001')];
  const campaign = await createCampaign(api, { trunkId: 'carrier', retry: neverAgain, numbers });
  await campaign.command('start');
  const refusals = (): number => service.output().split('Asterisk can not be used').length;
  const before = refusals();
  await until(
    async () => refusals(),
    (now) => now > before,
  );
  expect(await campaign.calls()).toEqual([]);
  expect(await campaign.leads()).toMatchObject([{ state: 'waiting', attempts: 0 }]);
});

test('a port that is in use ends the start and is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(started(`127.0.0.1:${port}`)).rejects.toThrow(`address already in use 127.0.0.1:${port}`);
  other.close();
});
