// Made by scripts/generate-ari-types.ts from Asterisk's own description of ARI; don't edit.

/** ARI's Channel. */
export type Channel = {
  readonly id: string;
  readonly protocol_id: string;
  readonly name: string;
  readonly state:
    | 'Down'
    | 'Rsrved'
    | 'OffHook'
    | 'Dialing'
    | 'Ring'
    | 'Ringing'
    | 'Up'
    | 'Busy'
    | 'Dialing Offhook'
    | 'Pre-ring'
    | 'Unknown';
  readonly caller: CallerID;
  readonly connected: CallerID;
  readonly accountcode: string;
  readonly dialplan: DialplanCEP;
  readonly creationtime: string;
  readonly language: string;
  readonly channelvars?: Readonly<Record<string, string>>;
  readonly caller_rdnis?: string;
  readonly tenantid?: string;
};

/** ARI's CallerID. */
export type CallerID = { readonly name: string; readonly number: string };

/** ARI's DialplanCEP. */
export type DialplanCEP = {
  readonly context: string;
  readonly exten: string;
  readonly priority: number;
  readonly app_name: string;
  readonly app_data: string;
};

/** ARI's Bridge. */
export type Bridge = {
  readonly id: string;
  readonly technology: string;
  readonly bridge_type: 'mixing' | 'holding';
  readonly bridge_class: string;
  readonly creator: string;
  readonly name: string;
  readonly channels: readonly string[];
  readonly video_mode?: string;
  readonly video_source_id?: string;
  readonly creationtime: string;
  readonly bridgevars?: Readonly<Record<string, string>>;
};

/** ARI's Endpoint. */
export type Endpoint = {
  readonly technology: string;
  readonly resource: string;
  readonly state?: 'unknown' | 'offline' | 'online';
  readonly channel_ids: readonly string[];
};

type EventBase = { readonly application: string; readonly timestamp: string; readonly asterisk_id?: string };

/** ARI's event ApplicationReplaced. */
export type ApplicationReplaced = EventBase & { readonly type: 'ApplicationReplaced' };

/** ARI's event ChannelDestroyed. */
export type ChannelDestroyed = EventBase & {
  readonly type: 'ChannelDestroyed';
  readonly cause: number;
  readonly cause_txt: string;
  readonly tech_cause?: number;
  readonly channel: Channel;
};

/** ARI's event ChannelDtmfReceived. */
export type ChannelDtmfReceived = EventBase & {
  readonly type: 'ChannelDtmfReceived';
  readonly digit: string;
  readonly duration_ms: number;
  readonly channel: Channel;
};

/** ARI's event ChannelEnteredBridge. */
export type ChannelEnteredBridge = EventBase & {
  readonly type: 'ChannelEnteredBridge';
  readonly bridge: Bridge;
  readonly channel?: Channel;
};

/** ARI's event ChannelHangupRequest. */
export type ChannelHangupRequest = EventBase & {
  readonly type: 'ChannelHangupRequest';
  readonly cause?: number;
  readonly tech_cause?: number;
  readonly soft?: boolean;
  readonly channel: Channel;
};

/** ARI's event ChannelLeftBridge. */
export type ChannelLeftBridge = EventBase & {
  readonly type: 'ChannelLeftBridge';
  readonly bridge: Bridge;
  readonly channel: Channel;
};

/** ARI's event ChannelStateChange. */
export type ChannelStateChange = EventBase & {
  readonly type: 'ChannelStateChange';
  readonly channel: Channel;
};

/** ARI's event Dial. */
export type Dial = EventBase & {
  readonly type: 'Dial';
  readonly caller?: Channel;
  readonly peer: Channel;
  readonly forward?: string;
  readonly forwarded?: Channel;
  readonly dialstring?: string;
  readonly dialstatus: string;
};

/** ARI's event StasisEnd. */
export type StasisEnd = EventBase & { readonly type: 'StasisEnd'; readonly channel: Channel };

/** ARI's event StasisStart. */
export type StasisStart = EventBase & {
  readonly type: 'StasisStart';
  readonly args: readonly string[];
  readonly channel: Channel;
  readonly replace_channel?: Channel;
};

/** The events that Carillon acts on. Asterisk sends others too. */
export type AriEvent =
  | ApplicationReplaced
  | ChannelDestroyed
  | ChannelDtmfReceived
  | ChannelEnteredBridge
  | ChannelHangupRequest
  | ChannelLeftBridge
  | ChannelStateChange
  | Dial
  | StasisEnd
  | StasisStart;

/** Their names. */
export const eventTypes = [
  'ApplicationReplaced',
  'ChannelDestroyed',
  'ChannelDtmfReceived',
  'ChannelEnteredBridge',
  'ChannelHangupRequest',
  'ChannelLeftBridge',
  'ChannelStateChange',
  'Dial',
  'StasisEnd',
  'StasisStart',
] as const satisfies readonly AriEvent['type'][];

/** Query of `channels create`. */
export type CreateChannelQuery = {
  readonly endpoint: string;
  readonly app: string;
  readonly appArgs?: string;
  readonly channelId?: string;
  readonly otherChannelId?: string;
  readonly originator?: string;
  readonly formats?: string;
};

/** Query of `channels dial`. */
export type DialChannelQuery = { readonly caller?: string; readonly timeout?: number };

/** Query of `channels hangup`. */
export type HangupChannelQuery = {
  readonly reason_code?: string;
  readonly reason?:
    | 'normal'
    | 'busy'
    | 'congestion'
    | 'no_answer'
    | 'timeout'
    | 'rejected'
    | 'unallocated'
    | 'normal_unspecified'
    | 'number_incomplete'
    | 'codec_mismatch'
    | 'interworking'
    | 'failure'
    | 'answered_elsewhere';
};

/** Query of `channels externalMedia`. */
export type ExternalMediaChannelQuery = {
  readonly channelId?: string;
  readonly app: string;
  readonly external_host?: string;
  readonly encapsulation?: 'rtp' | 'audiosocket' | 'none';
  readonly transport?: 'udp' | 'tcp' | 'websocket';
  readonly connection_type?: 'client' | 'server';
  readonly format: string;
  readonly direction?: 'both';
  readonly data?: string;
  readonly transport_data?: string;
};

/** Query of `bridges createWithId`. */
export type CreateWithIdBridgeQuery = { readonly type?: string; readonly name?: string };

/** Query of `bridges addChannel`. */
export type AddChannelBridgeQuery = {
  readonly channel: string;
  readonly role?: string;
  readonly absorbDTMF?: boolean;
  readonly mute?: boolean;
  readonly inhibitConnectedLineUpdates?: boolean;
};
