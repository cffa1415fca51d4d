/** ARI's operations, one function each. All throw an `AriError`. */
import type { AriRequester } from './ari.ts';
import type {
  AddChannelBridgeQuery,
  Bridge,
  Channel,
  CreateChannelQuery,
  CreateWithIdBridgeQuery,
  DialChannelQuery,
  Endpoint,
  ExternalMediaChannelQuery,
  HangupChannelQuery,
} from './generated.ts';

/** Channel variables and functions to set, such as `CALLERID(num)`. */
type Variables = Readonly<Record<string, string>>;

/** One object of Asterisk's configuration, by attribute. */
export type ConfigFields = Readonly<Record<string, string>>;

/** What Asterisk says about its own process. */
export type AsteriskStatus = { readonly startupTime: string; readonly version: string };

const at = encodeURIComponent;

/** Makes a channel that rings nobody yet. 409: the id is taken. 500: there is no such endpoint. */
export function createChannel(
  ari: AriRequester,
  query: CreateChannelQuery,
  variables: Variables = {},
): Promise<Channel> {
  return ari.request({ method: 'POST', path: '/channels/create', query, body: { variables } });
}

/** Sends the INVITE of a created channel; `timeout` is in seconds. 409: the channel is not in Stasis yet. */
export function dialChannel(ari: AriRequester, id: string, query: DialChannelQuery): Promise<void> {
  return ari.request({ method: 'POST', path: `/channels/${at(id)}/dial`, query });
}

/** Ends a channel: CANCEL, BYE or a refusal, as it stands. 404: it is gone. */
export function hangUpChannel(ari: AriRequester, id: string, query: HangupChannelQuery = {}): Promise<void> {
  return ari.request({ method: 'DELETE', path: `/channels/${at(id)}`, query });
}

/** One channel. 404: it is gone. */
export function getChannel(ari: AriRequester, id: string): Promise<Channel> {
  return ari.request({ method: 'GET', path: `/channels/${at(id)}` });
}

/** Every channel on this Asterisk. */
export function listChannels(ari: AriRequester): Promise<readonly Channel[]> {
  return ari.request({ method: 'GET', path: '/channels' });
}

/** Makes a channel whose other side is the application, over a media websocket or RTP. */
export function createExternalMedia(ari: AriRequester, query: ExternalMediaChannelQuery): Promise<Channel> {
  return ari.request({ method: 'POST', path: '/channels/externalMedia', query });
}

/** Makes a bridge with this id. */
export function createBridge(ari: AriRequester, id: string, query: CreateWithIdBridgeQuery): Promise<Bridge> {
  return ari.request({ method: 'POST', path: `/bridges/${at(id)}`, query });
}

/** Removes a bridge; its channels stay. 404: it is gone. */
export function destroyBridge(ari: AriRequester, id: string): Promise<void> {
  return ari.request({ method: 'DELETE', path: `/bridges/${at(id)}` });
}

/** Every bridge on this Asterisk. */
export function listBridges(ari: AriRequester): Promise<readonly Bridge[]> {
  return ari.request({ method: 'GET', path: '/bridges' });
}

/** Moves a channel into a bridge. 422: it is not in Stasis, or gone. */
export function addToBridge(ari: AriRequester, id: string, query: AddChannelBridgeQuery): Promise<void> {
  return ari.request({ method: 'POST', path: `/bridges/${at(id)}/addChannel`, query });
}

/** Presses these keys towards the far end, one after the other. */
export function sendDigits(ari: AriRequester, id: string, query: { readonly dtmf: string }): Promise<void> {
  return ari.request({ method: 'POST', path: `/channels/${at(id)}/dtmf`, query });
}

/** Sets a variable or a function of a channel, such as `TIMEOUT(absolute)`. */
export function setVariable(
  ari: AriRequester,
  id: string,
  query: { readonly variable: string; readonly value: string },
): Promise<void> {
  return ari.request({ method: 'POST', path: `/channels/${at(id)}/variable`, query });
}

/** Reads a variable or a function of a channel, such as `PJSIP_HEADER(read,From)`. 404: the channel is gone, or has none. */
export async function getVariable(ari: AriRequester, id: string, variable: string): Promise<string> {
  const request = { method: 'GET', path: `/channels/${at(id)}/variable`, query: { variable } } as const;
  return (await ari.request<{ readonly value: string }>(request)).value;
}

/** Tells a caller that it rings: 180. */
export function ringChannel(ari: AriRequester, id: string): Promise<void> {
  return ari.request({ method: 'POST', path: `/channels/${at(id)}/ring` });
}

/** Takes the call of a caller: 200. */
export function answerChannel(ari: AriRequester, id: string): Promise<void> {
  return ari.request({ method: 'POST', path: `/channels/${at(id)}/answer` });
}

/** A SIP endpoint with its state and channels. 404: there is none. */
export function getEndpoint(ari: AriRequester, id: string): Promise<Endpoint> {
  return ari.request({ method: 'GET', path: `/endpoints/PJSIP/${at(id)}` });
}

/** Makes or replaces one object of SIP configuration, at once and without a file. */
export function putSipConfig(
  ari: AriRequester,
  type: string,
  id: string,
  fields: ConfigFields,
): Promise<unknown> {
  const body = { fields: Object.entries(fields).map(([attribute, value]) => ({ attribute, value })) };
  return ari.request({ method: 'PUT', path: configPath(type, id), body });
}

/** Removes one object of SIP configuration. 404: there is none. 403: it stands in a file. */
export function deleteSipConfig(ari: AriRequester, type: string, id: string): Promise<void> {
  return ari.request({ method: 'DELETE', path: configPath(type, id) });
}

const configPath = (type: string, id: string): string =>
  `/asterisk/config/dynamic/res_pjsip/${at(type)}/${at(id)}`;

/** When this Asterisk started (a later value means that it lost every call) and which version it is. */
export async function getStatus(ari: AriRequester): Promise<AsteriskStatus> {
  const { status, system } = await ari.request<{
    readonly status: { readonly startup_time: string };
    readonly system: { readonly version: string };
  }>({ method: 'GET', path: '/asterisk/info', query: { only: 'status,system' } });
  return { startupTime: status.startup_time, version: system.version };
}

/** Sends the application only these events, and saves it from parsing the others. */
export function allowEvents(ari: AriRequester, app: string, types: readonly string[]): Promise<unknown> {
  const body = { allowed: types.map((type) => ({ type })) };
  return ari.request({ method: 'PUT', path: `/applications/${at(app)}/eventFilter`, body });
}

/** Tells the application of a channel's end also when the channel has left the application. 404: it is gone. */
export function watchChannel(ari: AriRequester, app: string, id: string): Promise<unknown> {
  const query = { eventSource: `channel:${id}` };
  return ari.request({ method: 'POST', path: `/applications/${at(app)}/subscription`, query });
}
