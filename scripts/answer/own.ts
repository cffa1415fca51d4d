/** The calls of a running service whose verdicts people have corrected, over its API. */
import { DEFAULT_THRESHOLDS, type AnswerThresholds } from '../../src/answer/classify.ts';
import type { AnswerReport } from '../../src/answer/evaluate.ts';
import type { AnswerClass } from '../../src/answer/verdict.ts';
import type { Verdict } from '../../src/call/cause.ts';
import type { SpokenTurn } from '../../src/conversation/transcript.ts';
import { createClient } from '../api-client.ts';
import type { LabelledCall } from './labelled.ts';
import { headOf, type HeardWords } from './recording.ts';

/** What the service knows of its corrected calls. */
export interface OwnCalls {
  /** How they were judged while they went on. */
  confusion(): Promise<readonly TrunkConfusion[]>;
  /** Those with a recording, to be judged anew. */
  recorded(): Promise<readonly LabelledCall[]>;
  /** The thresholds of a trunk as they are. */
  readonly thresholdsOf: (trunk: string) => AnswerThresholds;
  save(trunk: string, thresholds: AnswerThresholds): Promise<void>;
}

type TrunkConfusion = Pick<AnswerReport, 'humanToMachine' | 'machineToHuman' | 'confusion'> & {
  readonly trunkId: string;
  readonly calls: number;
};
interface Corrected {
  readonly callId: string;
  readonly trunkId: string;
  readonly class: AnswerClass;
  readonly hasRecording: boolean;
}
interface Trunk {
  readonly id: string;
  readonly answerThresholds: AnswerThresholds | null;
}

/** What a call's record holds of words. */
interface CallRecord {
  readonly evidence: { readonly verdict?: Verdict } | null;
}

/** A minute of a stereo recording at 16 kHz, and its header. */
const HEAD_BYTES = 60 * 16_000 * 2 * 2 + 44;

/** Asks the service at `url` with a key of it. */
export async function openOwnCalls(url: string, key: string): Promise<OwnCalls> {
  const api = createClient(url, key);
  const thresholds = new Map(
    (await api.list<Trunk>('/trunks')).map(({ id, answerThresholds }) => [id, answerThresholds]),
  );
  const download = async (callId: string): Promise<Uint8Array> => {
    const reply = await fetch(`${url}/api/v1/calls/${callId}/recording`, {
      headers: { authorization: `Bearer ${key}`, range: `bytes=0-${HEAD_BYTES - 1}` },
    });
    if (!reply.ok) throw new Error(`The recording of call ${callId} can't be had: HTTP ${reply.status}.`);
    return new Uint8Array(await reply.arrayBuffer());
  };
  /** The phrase that decided, and what the callee was understood to say; audio of both counts from the answer. */
  const words = async (callId: string): Promise<HeardWords[]> => {
    const { evidence } = await api.call<CallRecord>('GET', `/calls/${callId}`);
    const { turns } = await api.call<{ turns: SpokenTurn[] }>('GET', `/calls/${callId}/transcript`);
    const { phase, atMs = 0, evidence: why } = evidence?.verdict ?? {};
    const phrase = phase === 'answered' ? why?.phrase : null;
    return [
      ...(phrase ? [{ atMs, text: phrase }] : []),
      ...turns.flatMap(({ speaker, untilMs, text }) =>
        speaker === 'callee' ? [{ atMs: untilMs, text }] : [],
      ),
    ];
  };
  return {
    confusion: async () =>
      (await api.call<{ trunks: readonly TrunkConfusion[] }>('GET', '/answer/confusion')).trunks,
    recorded: async () =>
      (await api.list<Corrected>('/answer/corrections')).flatMap(
        ({ callId, trunkId: trunk, class: label, hasRecording }) =>
          hasRecording
            ? [
                {
                  label,
                  trunk,
                  read: async () => headOf(await download(callId)),
                  words: async () => words(callId),
                },
              ]
            : [],
      ),
    thresholdsOf: (trunk) => thresholds.get(trunk) ?? DEFAULT_THRESHOLDS,
    save: async (trunk, answerThresholds) => {
      await api.call('PATCH', `/trunks/${encodeURIComponent(trunk)}`, { answerThresholds });
    },
  };
}
