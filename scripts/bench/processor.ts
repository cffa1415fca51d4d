/** Who uses the processor: the programs that this process has started, and itself. */
import { readdir, readFile } from 'node:fs/promises';

/** Clock ticks per second in `/proc`, on every Linux that Node runs on. */
const TICKS = 100;

/** By what is on the command line, since some programs are started through their loader. */
const parts: readonly (readonly [RegExp, string])[] = [
  [/whisper-server/u, 'ears'],
  [/llama-server/u, 'head'],
  [/piper_worker/u, 'mouth'],
  [/asterisk/u, 'asterisk'],
  [/postgres/u, 'postgres'],
];

/** Processor seconds since its start, by part; `asterisk` is ours and the far end's together. */
export async function processorSeconds(): Promise<Readonly<Record<string, number>>> {
  const processes = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/u.test(name)).map(readProcess),
  );
  const byId = new Map(processes.flatMap((found) => (found ? [[found.id, found]] : [])));
  const isOurs = (id: number): boolean =>
    id === process.pid || (byId.has(id) && isOurs(byId.get(id)?.parent ?? 0));
  const sums: Record<string, number> = {};
  for (const { id, command, seconds } of byId.values()) {
    const part = id === process.pid ? 'carillon' : parts.find(([pattern]) => pattern.test(command))?.[1];
    if (part && isOurs(id)) sums[part] = (sums[part] ?? 0) + seconds;
  }
  return sums;
}

async function readProcess(id: string) {
  const read = async (name: string): Promise<string> =>
    readFile(`/proc/${id}/${name}`, 'utf8').catch(() => '');
  const [stat, command] = await Promise.all([read('stat'), read('cmdline')]);
  // The name in parentheses may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (stat === '') return null;
  return {
    id: Number(id),
    command,
    parent: Number(fields[1]),
    seconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
  };
}
