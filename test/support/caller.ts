/** People behind the far end who ring one of our numbers. */
import type { AriRequester } from '../../src/asterisk/ari.ts';
import type { Channel } from '../../src/asterisk/generated.ts';
import type { RunningAsterisk } from '../../src/native/asterisk.ts';
import { spokenFile } from '../../src/native/far-end.ts';

/** The number that callers show unless they are given another. */
export const theirNumber = '+447700900555';

/** What a caller does once somebody answers: a behaviour of the far end. */
type Doing = { readonly extension: string; readonly label?: string };

/** Says a sentence after each turn of who answers, the file of `letSay` first. */
export const talks: Doing = { extension: 'talk', label: 'listen' };

/** Rings a number of ours, written as it goes into the request URI, from the far end; resolves to the caller's channel. */
export async function ringUs(
  ari: AriRequester,
  {
    farEnd,
    sipPort,
    dialed,
    from = theirNumber,
    doing,
  }: {
    farEnd: RunningAsterisk;
    sipPort: number;
    dialed: string;
    from?: string;
    doing: Doing;
  },
): Promise<Channel> {
  return ari.request({
    method: 'POST',
    path: '/channels',
    query: {
      endpoint: `PJSIP/${farEnd.trunkUser}/sip:${dialed}@127.0.0.1:${sipPort}`,
      callerId: from,
      context: 'far-end-behaviour',
      ...doing,
    },
    body: {
      variables: {
        RINGS: '0',
        HEARD: `caller-${Date.now()}`,
        // Longer than a busy machine takes from one sentence to the next.
        PATIENCE: '4000',
        TURN: '0',
        SAYS: spokenFile(farEnd, { number: from, turn: 0 }).replace(/-0\.wav$/, ''),
      },
    },
  });
}
