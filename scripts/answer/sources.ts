/** Where the corpus gets its voices: Debian packages of recordings and synthesizers, fetched once into the cache. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { downloadPackages } from '../../src/native/apt.ts';
import { buildOnce, cacheFolder, type Say } from '../../src/native/cache.ts';
import { SPEECH_RATE } from '../../src/audio/format.ts';
import { resampler } from '../../src/audio/resample.ts';
import { readWav, writeWav } from '../../src/audio/wav.ts';
import { preparePiper } from '../../src/native/piper.ts';
import { startPiper, type Piper } from '../../src/speech/piper.ts';
import type { Language } from './phrases.ts';

const run = promisify(execFile);

const PACKAGES = [
  'espeak-ng',
  'flite',
  'vorbis-tools',
  'libgsm-tools',
  'asterisk-core-sounds-en-wav',
  'asterisk-core-sounds-es-wav',
  'asterisk-core-sounds-fr-wav',
  'asterisk-core-sounds-it-wav',
  'asterisk-core-sounds-ru-wav',
  'asterisk-prompt-de',
  'asterisk-prompt-es-co',
  'asterisk-prompt-fr-armelle',
  'asterisk-moh-opsound-wav',
  'pocketsphinx-testdata',
  'klettres-data',
  'ktuberling-data',
];

const RATE = 8_000;
const PIPER_LIMIT_MS = 30_000;

/** A folder with Debian's layout that holds all of the sources. */
export interface Sources {
  readonly folder: string;
  /** Ends the synthesizer that keeps running. */
  close(): Promise<void>;
  /** Piper, started when it is first asked for. */
  piper(): Promise<Piper>;
}

/** Fetches and unpacks what is missing: 260 MB to download, 420 MB on disk, about 15 s. */
export async function openSources(say: Say): Promise<Sources> {
  const key = createHash('sha256').update(PACKAGES.join(' ')).digest('hex').slice(0, 8);
  const folder = await buildOnce(join(cacheFolder(), 'answer', `sources-${key}`), say, async (draft) => {
    const debs = await downloadPackages(join(cacheFolder(), 'apt'), PACKAGES, say);
    for (const deb of debs) await run('dpkg-deb', ['-x', deb, draft]);
  });
  let piper: Promise<Piper> | undefined;
  return {
    folder,
    piper: () => (piper ??= preparePiper(say).then((files) => startPiper(files, 1))),
    close: async () => (await piper)?.close(),
  };
}

/** How a synthesizer speaks: its program, its voice there, words per minute and pitch where it has them. */
export interface Voice {
  readonly id: string;
  readonly engine: 'espeak-ng' | 'flite' | 'piper';
  readonly voice: string;
  readonly language: Language;
}

/** Speaks a text; 8 kHz PCM without silence around it. Kept on disk, so that a second corpus is quick. */
export function speak(
  sources: Sources,
  voice: Voice,
  text: string,
  manner: { readonly rate: number; readonly pitch: number },
): Promise<Int16Array> {
  const key = [voice.engine, voice.voice, text, manner.rate, manner.pitch].join('\0');
  const speaking = spoken.get(key) ?? synthesize(sources, voice, text, manner);
  spoken.set(key, speaking);
  return speaking;
}

/** Two scenes that want the same utterance at once share one. */
const spoken = new Map<string, Promise<Int16Array>>();

async function synthesize(
  sources: Sources,
  voice: Voice,
  text: string,
  { rate, pitch }: { readonly rate: number; readonly pitch: number },
): Promise<Int16Array> {
  if (voice.engine === 'piper') return speakWithPiper(sources, voice, text);
  const args =
    voice.engine === 'espeak-ng'
      ? ['-v', voice.voice, '-s', String(rate), '-p', String(pitch), '--stdout', text]
      : ['-voice', voice.voice, '--setf', `duration_stretch=${(165 / rate).toFixed(2)}`, '-t', text, '-o'];
  const kept = keptPath([voice.engine, ...args]);
  if (existsSync(kept)) return readWav(await readFile(kept)).samples;
  const draft = `${kept}.${process.pid}.draft.wav`;
  await mkdir(dirname(kept), { recursive: true });
  if (voice.engine === 'flite') await runProgram(sources, 'flite', [...args, draft]);
  else await writeFile(draft, await runProgram(sources, 'espeak-ng', args));
  return keep(kept, trim(toLine(await readFile(draft))));
}

/** Piper draws its own manner for each utterance: the one voice whose samples differ from machine to machine. */
async function speakWithPiper(sources: Sources, { voice }: Voice, text: string): Promise<Int16Array> {
  const kept = keptPath([voice, text]);
  if (existsSync(kept)) return readWav(await readFile(kept)).samples;
  await mkdir(dirname(kept), { recursive: true });
  const piper = await sources.piper();
  const parts = await Array.fromAsync(piper.speak(text, AbortSignal.timeout(PIPER_LIMIT_MS)));
  return keep(kept, trim(changeRate(joined(parts), SPEECH_RATE)));
}

/** Reads a recording of the sources, in whatever format, as 8 kHz PCM without silence around it. */
export function readRecording(sources: Sources, path: string): Promise<Int16Array> {
  const reading = recordings.get(path) ?? decodeRecording(sources, path);
  recordings.set(path, reading);
  return reading;
}

const recordings = new Map<string, Promise<Int16Array>>();

async function decodeRecording(sources: Sources, path: string): Promise<Int16Array> {
  const file = join(sources.folder, path);
  if (file.endsWith('.wav')) return trim(toLine(await readFile(file)));
  const kept = keptPath([path]);
  if (existsSync(kept)) return readWav(await readFile(kept)).samples;
  await mkdir(dirname(kept), { recursive: true });
  if (file.endsWith('.gsm')) {
    const raw = await runProgram(sources, 'untoast', ['-l', '-c', file]);
    return keep(kept, trim(new Int16Array(new Uint8Array(raw).buffer, 0, raw.length >> 1)));
  }
  const draft = `${kept}.${process.pid}.draft.wav`;
  await runProgram(sources, 'oggdec', ['-Q', '-o', draft, file]);
  return keep(kept, trim(toLine(await readFile(draft))));
}

/** The recordings below a folder of the sources, sorted. */
export async function listRecordings(sources: Sources, folder: string): Promise<string[]> {
  const entries = await readdir(join(sources.folder, folder), { recursive: true });
  return entries
    .filter((name) => /\.(wav|gsm|ogg)$/u.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function runProgram({ folder }: Sources, name: string, args: readonly string[]): Promise<Buffer> {
  const libraries = join(folder, 'usr/lib', `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`);
  const loader = (await readdir(libraries)).find((entry) => entry.startsWith('ld-linux-'));
  const { stdout } = await run(
    join(libraries, loader ?? 'ld-linux'),
    ['--library-path', `${libraries}:${libraries}/pulseaudio`, join(folder, 'usr/bin', name), ...args],
    {
      encoding: 'buffer',
      maxBuffer: 2 ** 26,
      env: { ...process.env, ESPEAK_DATA_PATH: join(libraries, 'espeak-ng-data') },
    },
  );
  return stdout;
}

function keptPath(key: readonly string[]): string {
  const hash = createHash('sha256').update(key.join('\0')).digest('hex');
  return join(cacheFolder(), 'answer', 'spoken', hash.slice(0, 2), `${hash.slice(2, 18)}.wav`);
}

async function keep(path: string, samples: Int16Array): Promise<Int16Array> {
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, writeWav({ sampleRate: RATE, channels: 1, samples }));
  await rename(draft, path);
  return samples;
}

function toLine(file: Uint8Array): Int16Array {
  const wav = readWav(file);
  return changeRate(
    wav.samples.filter((_, i) => i % wav.channels === 0),
    wav.sampleRate,
  );
}

function changeRate(samples: Int16Array, fromRate: number): Int16Array {
  const stage = resampler(fromRate, RATE);
  return joined([...stage.push(samples), ...stage.flush()]);
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Cuts what is 40 dB below the loudest 10 ms off both ends. */
function trim(samples: Int16Array): Int16Array {
  const hop = RATE / 100;
  const energies: number[] = [];
  for (let at = 0; at < samples.length; at += hop) {
    energies.push(samples.subarray(at, at + hop).reduce((sum, sample) => sum + sample * sample, 0));
  }
  const threshold = Math.max(...energies) / 10_000;
  const first = energies.findIndex((energy) => energy > threshold);
  const last = energies.findLastIndex((energy) => energy > threshold);
  return samples.slice(Math.max(0, first) * hop, (last + 1) * hop);
}
