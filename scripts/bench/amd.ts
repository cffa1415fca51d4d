/** Asterisk's own answering-machine detection, `AMD()`, on the same files: a real Asterisk plays and judges them in real time. */
import { EventEmitter, once } from 'node:events';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '../../src/native/child.ts';
import type { Say } from '../../src/native/cache.ts';
import { workingFolder } from '../../src/native/folder.ts';
import { asteriskFoldersOf, ensurePrefix, programOf } from '../../src/native/prefix.ts';

/** A file for AMD: its G.711 codes as they came over the line. */
export interface AmdFile {
  readonly id: string;
  readonly codec: 'mulaw' | 'alaw';
  readonly codes: Uint8Array;
}

/** What AMD said of a file under one setting. */
export interface AmdVerdict {
  readonly status: string;
  readonly cause: string;
  readonly ms: number;
}

/** The arguments of `AMD()` by name of the setting; an empty text leaves Asterisk's defaults. */
export type AmdSettings = Readonly<Record<string, string>>;

/** Calls at once: light enough that a laptop still plays every file in time. */
const AT_ONCE = 60;
const LIMIT_MS = 30 * 60_000;

const MODULES = [
  'app_amd',
  'app_playback',
  'app_verbose',
  'codec_alaw',
  'codec_ulaw',
  'format_pcm',
  'pbx_config',
  'pbx_spool',
  'res_timing_timerfd',
];

/** Plays every file to `AMD()` under every setting; verdicts by setting, then by file. */
export async function runAmd(
  files: readonly AmdFile[],
  settings: AmdSettings,
  say: Say,
): Promise<Map<string, Map<string, AmdVerdict>>> {
  const prefix = await ensurePrefix('telephony', say);
  const folder = await workingFolder();
  await configure(folder.path, asteriskFoldersOf(prefix), settings);
  for (const { id, codec, codes } of files) {
    await writeFile(join(folder.path, 'files', `${id}.${codec === 'mulaw' ? 'ulaw' : 'alaw'}`), codes);
  }
  const asterisk = await startChild({
    program: programOf(prefix, 'asterisk'),
    args: ['-f', '-n', '-C', join(folder.path, 'asterisk.conf')],
    output: join(folder.path, 'output.log'),
  });
  try {
    const jobs = Object.keys(settings).flatMap((setting) => files.map(({ id }) => ({ setting, id })));
    return await judgeAll(folder.path, jobs, say);
  } finally {
    await asterisk.stop();
    await folder.remove();
  }
}

/** Keeps `AT_ONCE` calls running until the log tells the verdict of each job. */
async function judgeAll(
  folder: string,
  jobs: readonly { readonly setting: string; readonly id: string }[],
  say: Say,
): Promise<Map<string, Map<string, AmdVerdict>>> {
  const verdicts = new Map<string, Map<string, AmdVerdict>>();
  const waiting = [...jobs];
  const log = join(folder, 'log', 'results');
  let done = 0;
  let placed = 0;

  const fill = async (): Promise<void> => {
    while (placed - done < AT_ONCE) {
      const job = waiting.shift();
      if (!job) return;
      placed += 1;
      await placeCall(folder, job);
    }
  };
  const read = async (): Promise<void> => {
    const found = parseLog(await readFile(log, 'utf8').catch(() => ''));
    done = found.length;
    for (const { setting, id, ...verdict } of found) {
      verdicts.set(setting, (verdicts.get(setting) ?? new Map<string, AmdVerdict>()).set(id, verdict));
    }
    await fill();
  };

  await fill();
  const limit = AbortSignal.timeout(LIMIT_MS);
  let told = 0;
  for await (const _ of changes(join(folder, 'log'), limit)) {
    await read();
    if (done - told >= 500) say(`AMD: ${(told = done)} of ${jobs.length} calls judged`);
    if (done >= jobs.length) return verdicts;
  }
  throw new Error(`AMD judged only ${done} of ${jobs.length} calls.`);
}

/** One turn for every batch of changes in a folder, until the signal aborts. */
async function* changes(folder: string, limit: AbortSignal): AsyncGenerator<void> {
  const bell = new EventEmitter();
  const watcher = watch(folder, () => bell.emit('change'));
  try {
    while (!limit.aborted) {
      await once(bell, 'change', { signal: limit });
      yield;
    }
  } finally {
    watcher.close();
  }
}

/** Asterisk takes a call file as soon as it is renamed into its spool. */
async function placeCall(folder: string, { setting, id }: { setting: string; id: string }): Promise<void> {
  const draft = join(folder, 'drafts', `${setting}-${id}.call`);
  await writeFile(
    draft,
    `Channel: Local/${id}@far/n\nContext: amd\nExtension: ${setting}\nPriority: 1\nSetvar: FILE=${id}\nMaxRetries: 0\n`,
  );
  await rename(draft, join(folder, 'spool/outgoing', `${setting}-${id}.call`));
}

interface LoggedVerdict extends AmdVerdict {
  readonly setting: string;
  readonly id: string;
}

/** Reads lines such as `[2026-11-24 07:00:00.123] NOTICE[…] …: AMD-DONE stock test-human-0001 HUMAN HUMAN-800-800`. */
export function parseLog(text: string): LoggedVerdict[] {
  const started = new Map<string, number>();
  const verdicts: LoggedVerdict[] = [];
  for (const line of text.split('\n')) {
    const found = /^\[([^\]]+)\].*AMD-(START|DONE) (\S+) (\S+)(?: (\S+) (\S+))?/u.exec(line);
    const [, time = '', step, setting = '', id = '', status = '', cause = ''] = found ?? [];
    const at = Date.parse(time.replace(' ', 'T'));
    if (step === 'START') started.set(`${setting} ${id}`, at);
    if (step === 'DONE')
      verdicts.push({ setting, id, status, cause, ms: at - (started.get(`${setting} ${id}`) ?? at) });
  }
  return verdicts;
}

async function configure(
  folder: string,
  { modules, data }: { readonly modules: string; readonly data: string },
  settings: AmdSettings,
): Promise<void> {
  for (const name of ['files', 'drafts', 'log', 'spool/outgoing', 'spool/tmp', 'run', 'lib']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  const rules = Object.entries(settings).map(
    ([name, args]) => `exten => ${name},1,Log(NOTICE,AMD-START ${name} \${FILE})
 same => n,AMD(${args})
 same => n,Log(NOTICE,AMD-DONE ${name} \${FILE} \${AMDSTATUS} \${AMDCAUSE})
 same => n,Hangup()
`,
  );
  const configuration = {
    'asterisk.conf': `[directories]
astetcdir => ${folder}
astmoddir => ${modules}
astdatadir => ${data}
astvarlibdir => ${folder}/lib
astdbdir => ${folder}/lib
astkeydir => ${folder}/lib
astagidir => ${folder}/lib
astspooldir => ${folder}/spool
astrundir => ${folder}/run
astlogdir => ${folder}/log
`,
    'modules.conf': `[modules]\nautoload=no\n${MODULES.map((name) => `load=${name}.so`).join('\n')}\n`,
    'logger.conf': '[general]\ndateformat=%F %T.%3q\n[logfiles]\nresults => notice\n',
    // the values that Asterisk's sample file sets
    'amd.conf': `[general]
total_analysis_time=5000
silence_threshold=256
initial_silence=2500
after_greeting_silence=800
greeting=1500
min_word_length=100
maximum_word_length=5000
between_words_silence=50
maximum_number_of_words=2
`,
    'extensions.conf': `[far]
exten => _.,1,Answer()
 same => n,Playback(${folder}/files/\${EXTEN})
 same => n,Wait(10)
 same => n,Hangup()
[amd]
${rules.join('')}`,
  };
  for (const [name, text] of Object.entries(configuration)) await writeFile(join(folder, name), text);
}
