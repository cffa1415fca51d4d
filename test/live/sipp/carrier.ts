import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../../../src/native/child.ts';
import { freePorts } from '../../../src/native/ports.ts';
import { ensurePrefix, programOf } from '../../../src/native/prefix.ts';

/** A sipp that plays a carrier. */
export type Carrier = {
  readonly port: number;
  /** Resolves to 0 when it has played the scenario for as many calls as it was started for. */
  readonly ended: Promise<number | null>;
  /** Every SIP message so far, in and out. */
  messages(): Promise<string>;
  stop(): Promise<void>;
};

/** Starts a carrier that plays a scenario for `calls` calls. */
export async function startCarrier(scenario: string, calls: number): Promise<Carrier> {
  const program = programOf(await ensurePrefix('telephony', () => undefined), 'sipp');
  const folder = await mkdtemp(join(tmpdir(), 'carillon-sipp-'));
  const file = join(folder, 'scenario.xml');
  await writeFile(file, scenario);
  const { port, media } = await freePorts('port', 'media');
  const log = join(folder, 'messages');
  const sipp = await startChild({
    program,
    args: `-sf ${file} -i 127.0.0.1 -p ${port} -mp ${media} -m ${calls} -nostdin -trace_msg -message_file ${log}`.split(
      ' ',
    ),
    output: join(folder, 'output'),
  });
  return {
    port,
    ended: sipp.exited.then(({ code }) => code),
    messages: () => readFile(log, 'utf8'),
    stop: async () => {
      await sipp.stop();
      await rm(folder, { recursive: true });
    },
  };
}
