/**
 * `npm run bench -- NAME [--json] [--turns N]`: measures one part of Carillon; `--json` prints one line for programs,
 * `--turns` is how many turns of a conversation are to be measured.
 */
import { parseArgs } from 'node:util';

/** Each is loaded only when it is asked for: the memory of one is not measured with the code of the others. */
const benches: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>> = {
  answer: async () => (await import('./bench/answer.ts')).benchAnswer(),
  'answer-sound': async () => ({ ...(await (await import('./bench/answer.ts')).benchAnswerSound()) }),
  calls: async () => (await import('./bench/calls.ts')).benchCalls(),
  dial: async () => (await import('./bench/dial.ts')).benchDial(),
  import: async () => (await import('./bench/import.ts')).benchImport(),
  ringing: async () => (await import('./bench/ringing.ts')).benchRinging(),
  stt: async () => (await import('./bench/stt.ts')).benchStt(),
  turn: async () => (await import('./bench/turn.ts')).benchTurn(Number(values.turns)),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, turns: { type: 'string', default: '66' } },
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
