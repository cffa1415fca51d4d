import { once } from 'node:events';
import { pino } from 'pino';
import { readConfig } from './config/config.ts';
import { startService } from './service.ts';

/** The service: configured by the environment, until a signal ends it. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  const service = await startService(readConfig(process.env), { say, log: pino({ name: 'carillon' }) });
  if (service.firstKey) say(`API key, shown this once: ${service.firstKey}`);
  say(`Carillon listens on ${service.url}`);
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map(async (signal) => once(process, signal)));
  say('Stopping: live calls may end …');
  await service.stop();
} catch (error) {
  // Known faults say what to do; anything else needs its stack.
  const known = error instanceof Error && 'code' in error;
  say(known ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
}
