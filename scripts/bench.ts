/** `npm run bench -- NAME [--json]`: measures one part of Carillon; `--json` prints one line for programs. */
import { parseArgs } from 'node:util';
import { benchDial } from './bench/dial.ts';
import { benchAnswer } from './bench/answer.ts';
import { benchImport } from './bench/import.ts';
import { benchRinging } from './bench/ringing.ts';
import { benchStt } from './bench/stt.ts';

const benches: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>> = {
  dial: benchDial,
  answer: benchAnswer,
  import: benchImport,
  ringing: benchRinging,
  stt: benchStt,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const [name = '', ...rest] = positionals;
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!bench || rest.length > 0) {
  console.error(
    `Usage: npm run bench -- NAME [--json], where NAME is one of: ${Object.keys(benches).join(', ')}`,
  );
  process.exit(2);
}
const figures = await bench();
if (values.json) console.log(JSON.stringify(figures));
else console.table(figures);
