/** A call that a trunk brings in: what its channel tells. `dialplan/carillon.conf` is the other half of this file. */
import type { AriRequester } from './ari.ts';
import type { ChannelEvent } from './call-events.ts';
import type { Channel } from './generated.ts';
import { getVariable, hangUpChannel } from './operations.ts';

/** A call that waits to be taken. */
export interface Incoming {
  readonly channelId: string;
  readonly trunkId: string;
  /** What the INVITE is for, by its request URI. */
  readonly dialed: string;
}

/** Whether a channel's entry into the application is a call that comes in. */
export function incoming(happened: ChannelEvent): Incoming | null {
  if (happened.type !== 'entered' || happened.args[0] !== 'inbound') return null;
  const [, trunkId = '', dialed = ''] = happened.args;
  return { channelId: happened.channelId, trunkId, dialed };
}

/** Whether a channel is one that came in, and waits for the application or is in it. */
export const cameIn = ({ dialplan }: Channel): boolean =>
  dialplan.app_name === 'Stasis' && dialplan.app_data.startsWith('carillon,inbound,');

/**
 * Who calls and whom, as From and To say. Not the channel's caller ID: Asterisk forgets it once an endpoint has been
 * changed while it runs. A registrar puts our own name into the request URI, and the number is in To alone.
 */
export async function partiesOf(
  ari: AriRequester,
  channelId: string,
): Promise<{ readonly from: string; readonly to: string }> {
  const [from, to] = await Promise.all([
    getVariable(ari, channelId, 'PJSIP_HEADER(read,From)'),
    getVariable(ari, channelId, 'PJSIP_HEADER(read,To)'),
  ]);
  return { from: userOf(from), to: userOf(to) };
}

/** The user of an address in a SIP header; empty when it has none. RFC 3261 §25, RFC 3966. */
export function userOf(header: string): string {
  const address = header.replaceAll(/"(\\.|[^"\\])*"/gu, '');
  const found = /\b(?:sips?:([^@>]+)@|tel:([^>]+))/iu.exec(address);
  return (found?.[1] ?? found?.[2] ?? '').replace(/[:;].*/u, '').replaceAll('%2B', '+');
}

/** Why a call is refused, as Q.850 has it; Asterisk makes 404, 486 and 503 of them. */
const causes = { unknown: '1', busy: '17', unavailable: '34' } as const;

/** Refuses a call; throws when the channel is gone. */
export async function refuse(ari: AriRequester, channelId: string, why: keyof typeof causes): Promise<void> {
  await hangUpChannel(ari, channelId, { reason_code: causes[why] });
}
