import { AriError, isStatus, type AriRequester } from './ari.ts';
import type { AriConnection } from './connection.ts';
import { e164, trunkName } from './dial-string.ts';
import { createChannel, dialChannel, getChannel, hangUpChannel } from './operations.ts';

/** One attempt to ring one number. */
export type Originate = {
  /** A UUID. It becomes the channel's id, so that Asterisk itself refuses to place the same attempt twice (I2). */
  readonly attemptId: string;
  readonly trunkId: string;
  /** E.164 with its plus. */
  readonly number: string;
  /** E.164 with its plus: what the far end sees. */
  readonly callerId: string;
  /** Asterisk itself ends the call after this long from now, whatever becomes of us (I6). */
  readonly longestSeconds: number;
};

const ENTRY_LIMIT_MS = 5000;

/**
 * Makes the channel of an attempt, which rings nobody yet, and waits until ARI may dial it. Throws an `AriError`:
 * `ARI_STATUS` with 409 says that this attempt was placed before, with 500 that the trunk is unknown or does not
 * answer; whatever it throws, nobody was rung and the same attempt must not be placed again.
 */
export async function createCall(ari: AriConnection, call: Originate): Promise<void> {
  const { attemptId: channelId } = call;
  const query = { endpoint: endpointOf(call), app: ari.app, channelId };
  const variables = {
    // On an outbound channel the connected line is what SIP shows as the caller.
    'CONNECTEDLINE(num,i)': e164(call.callerId),
    'TIMEOUT(absolute)': String(call.longestSeconds),
  };
  const creation = new AbortController();
  const signal = AbortSignal.any([creation.signal, AbortSignal.timeout(ENTRY_LIMIT_MS)]);
  const entered = ari.entries.expect(channelId, signal);
  try {
    await Promise.all([
      entered,
      createChannel(ari, query, variables).catch((error: unknown) => {
        creation.abort(error);
        throw error;
      }),
    ]);
  } catch (error) {
    // A refused one is not ours: 409 names the channel of an earlier placement.
    if (isStatus(error, 409)) throw await trueRefusal(ari, channelId, error);
    if (error instanceof AriError && error.code !== 'ARI_UNKNOWN') throw error;
    const cause = error;
    await abandon(
      ari,
      channelId,
      new AriError('the channel did not enter the application', 'ARI_UNREACHABLE', { cause }),
    );
  }
}

/**
 * Rings: resolves when the INVITE is handed to SIP, and everything after comes as events. An `AriError` with
 * `ARI_UNKNOWN` says that the phone may be ringing.
 */
export async function dialCall(ari: AriConnection, attemptId: string, ringSeconds: number): Promise<void> {
  await dialChannel(ari, attemptId, { timeout: ringSeconds });
}

/** Ends a call, ringing or answered; returns whether it was there. */
export async function hangUp(ari: AriRequester, channelId: string): Promise<boolean> {
  try {
    await hangUpChannel(ari, channelId);
    return true;
  } catch (error) {
    if (isStatus(error, 404)) return false;
    throw error;
  }
}

/**
 * Asterisk keeps the reason of a failed creation per thread and never clears it: after one real duplicate, every
 * later failure on the same connection says 409 too. Only the channel itself tells whether it is there.
 */
async function trueRefusal(ari: AriConnection, channelId: string, duplicate: unknown): Promise<unknown> {
  try {
    await getChannel(ari, channelId);
    return duplicate;
  } catch (error) {
    if (!isStatus(error, 404)) return error;
    return new AriError('the trunk takes no call', 'ARI_STATUS', { status: 500, cause: duplicate });
  }
}

/** Ends a channel that can't be used, and throws what made it so. */
async function abandon(ari: AriConnection, channelId: string, why: unknown): Promise<never> {
  await hangUpChannel(ari, channelId).catch(leaveToItsLimit);
  throw why;
}

/** The channel is gone already, or Asterisk ends it at its absolute limit. */
function leaveToItsLimit(error: unknown): void {
  if (!(error instanceof AriError)) throw error;
}

/** Nothing but a trunk's id and digits ever gets into a dial string. */
function endpointOf({ trunkId, number }: Originate): string {
  return `PJSIP/${e164(number)}@${trunkName(trunkId)}`;
}
