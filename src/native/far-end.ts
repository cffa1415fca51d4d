/** What the simulated far end does, and what it saw. `dialplan/far-end.conf` is the other half of this file. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Who or what answers one code. */
export type FarEndBehaviour = {
  readonly name: string;
  /** Whether it rings before anything else happens, for `ringSeconds`. */
  readonly rings: boolean;
  /** What the caller gets: an answer, a final SIP status, or nothing until it gives up. */
  readonly ends: 'answer' | 'nothing' | number;
  /** Whether what the caller says is recorded; `heardFile` names the file. */
  readonly records: boolean;
};

/** By the last two digits of the dialed number. Any other number does not exist: 404. */
export const farEndBehaviours = {
  '01': { name: 'human', rings: true, ends: 'answer', records: true },
  '02': { name: 'human-waits', rings: true, ends: 'answer', records: true },
  '03': { name: 'human-presses-9', rings: true, ends: 'answer', records: true },
  '04': { name: 'hangs-up-early', rings: true, ends: 'answer', records: false },
  '05': { name: 'silence', rings: true, ends: 'answer', records: true },
  '06': { name: 'human-talks', rings: true, ends: 'answer', records: true },
  '10': { name: 'voicemail', rings: true, ends: 'answer', records: true },
  '11': { name: 'fax', rings: true, ends: 'answer', records: false },
  '12': { name: 'intercept', rings: false, ends: 480, records: false },
  '13': { name: 'false-ringback', rings: false, ends: 'answer', records: false },
  '14': { name: 'false-busy', rings: false, ends: 'answer', records: false },
  '15': { name: 'screening', rings: true, ends: 'answer', records: true },
  '16': { name: 'screening-alone', rings: true, ends: 'answer', records: true },
  '17': { name: 'menu', rings: true, ends: 'answer', records: true },
  '18': { name: 'mailbox-full', rings: true, ends: 'answer', records: true },
  '19': { name: 'fax-calls', rings: true, ends: 'answer', records: false },
  '20': { name: 'rings', rings: true, ends: 'nothing', records: false },
  '21': { name: 'hangs-up-ringing', rings: true, ends: 603, records: false },
  '22': { name: 'silent', rings: false, ends: 'nothing', records: false },
  '30': { name: 'vacant', rings: false, ends: 480, records: false },
  '31': { name: 'reorder', rings: false, ends: 480, records: false },
  '32': { name: 'no-circuit', rings: false, ends: 480, records: false },
  '33': { name: 'itu', rings: false, ends: 480, records: false },
  '34': { name: 'answered-vacant', rings: false, ends: 'answer', records: false },
  '35': { name: 'announcement', rings: false, ends: 480, records: false },
  '41': { name: 'gone', rings: false, ends: 410, records: false },
  '44': { name: 'unknown', rings: false, ends: 404, records: false },
  '50': { name: 'server-error', rings: false, ends: 500, records: false },
  '53': { name: 'unavailable', rings: false, ends: 503, records: false },
  '63': { name: 'declined', rings: false, ends: 603, records: false },
  '70': { name: 'converses', rings: true, ends: 'answer', records: true },
  '71': { name: 'interrupts', rings: true, ends: 'answer', records: true },
  '72': { name: 'chats', rings: true, ends: 'answer', records: true },
  '73': { name: 'cuts-in', rings: true, ends: 'answer', records: true },
  '80': { name: 'not-available', rings: false, ends: 480, records: false },
  '84': { name: 'incomplete', rings: false, ends: 484, records: false },
  '86': { name: 'busy', rings: false, ends: 486, records: false },
  '99': { name: 'bench', rings: false, ends: 'answer', records: false },
} as const satisfies Readonly<Record<string, FarEndBehaviour>>;

/** The last two digits that the far end knows. */
export type FarEndCode = keyof typeof farEndBehaviours;

/** How many seconds a phone rings that answers in the end: from 1 to 6, by the third digit from the end. */
export function ringSecondsOf(number: string): number {
  return 1 + (Number(number.at(-3)) % 6);
}

/** One call as the far end saw it. Times are milliseconds since 1970, with microseconds as the fraction. */
export type FarEndRecord = {
  readonly dialed: string;
  readonly callerId: string;
  readonly sipCallId: string;
  readonly startedAt: number;
  /** Absent when it was never answered. */
  readonly answeredAt: number | undefined;
  readonly endedAt: number;
  /** How many of its sentences a callee who talks, such as `converses`, has said to their end. */
  readonly said: number;
};

/** Reads every call that has ended at the far end, in the order of their ends. `folder` is its `recordsFolder`. */
export async function readFarEndRecords(folder: string): Promise<readonly FarEndRecord[]> {
  const text = await readFile(join(folder, 'far-end.csv'), 'utf8').catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // The last part is either empty or a line that is still being written.
  return text.split('\n').slice(0, -1).map(parseRecord);
}

function parseRecord(line: string): FarEndRecord {
  const [dialed = '', callerId = '', sipCallId = '', started, answered, ended, said] = line.split(',');
  const answeredAt = 1000 * Number(answered);
  return {
    dialed,
    callerId,
    sipCallId,
    startedAt: 1000 * Number(started),
    answeredAt: answeredAt > 0 ? answeredAt : undefined,
    endedAt: 1000 * Number(ended),
    said: Number(said),
  };
}

type Recorded = Pick<FarEndRecord, 'dialed' | 'sipCallId'>;

/** Where callees who talk, such as `converses`, find what they say, 8 kHz PCM; `turn` counts from 0. */
export function spokenFile(
  { recordingsFolder }: { readonly recordingsFolder: string },
  { number, turn }: { readonly number: string; readonly turn: number },
): string {
  return join(dirname(recordingsFolder), 'callee', `${number.replace(/\D/g, '')}-${turn}.wav`);
}

/** The recording of what the caller said in a call, below the far end's `recordingsFolder`. */
export const heardFile = (call: Recorded): string => `${nameOf(call)}.wav`;

/** Both sides of a call whose callee talks, in the same folder: 8 kHz PCM, interleaved, the caller's sample first. */
export const bothFile = (call: Recorded): string => `${nameOf(call)}.raw`;

/** What was left after the beep of a voicemail, or as the name that a screening asks for, in the same folder. */
export const messageFile = (call: Recorded): string => `${nameOf(call)}-message.wav`;

const nameOf = ({ dialed, sipCallId }: Recorded): string =>
  `${dialed.replace(/\D/g, '')}-${sipCallId.replace(/[^0-9A-Za-z-]/g, '')}`;
