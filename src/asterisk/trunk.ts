/** Trunks, pushed into a running Asterisk through ARI's dynamic configuration. */
import { AriError, isStatus, type AriRequester } from './ari.ts';
import { trunkName } from './dial-string.ts';
import { deleteSipConfig, getEndpoint, putSipConfig, type ConfigFields } from './operations.ts';

/** A carrier's side of a trunk, as SIP needs it. */
export type TrunkSettings = {
  /** A UUID, or letters, digits and hyphens. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly username?: string;
  readonly password?: string;
  /** Whether the carrier wants a REGISTER; needs a user name and a password. */
  readonly registers: boolean;
};

/** The objects that a trunk may consist of, in the order in which one refers to the other. */
const sipTypes = ['auth', 'aor', 'endpoint', 'identify', 'registration'] as const;

/** What a trunk becomes in `pjsip.conf`'s words; a type that it doesn't need is absent. */
export type SipObjects = Readonly<Partial<Record<(typeof sipTypes)[number], ConfigFields>>>;

const QUALIFY_SECONDS = 30;

/** Makes or replaces a trunk; it works as soon as this resolves, and until Asterisk restarts. */
export async function pushTrunk(ari: AriRequester, trunk: TrunkSettings): Promise<void> {
  const objects = trunkObjects(trunk);
  for (const type of sipTypes) {
    const fields = objects[type];
    if (fields) await putSipConfig(ari, type, trunk.id, fields);
  }
  for (const type of sipTypes.toReversed()) if (!objects[type]) await removeObject(ari, type, trunk.id);
}

/** Removes a trunk. Calls that are on it go on; one that is not there is no error. */
export async function removeTrunk(ari: AriRequester, id: string): Promise<void> {
  for (const type of sipTypes.toReversed()) await removeObject(ari, type, trunkName(id));
}

/** What Asterisk knows of a trunk. */
export type TrunkState = {
  /** Whether the carrier answers OPTIONS. Asterisk refuses calls on a trunk that doesn't. */
  readonly reachable: boolean;
  /** `unknown` before the first answer, and on an Asterisk that is not set up to say. */
  readonly registration: 'registered' | 'rejected' | 'unregistered' | 'unknown' | 'none';
};

/** Reads back the state of a trunk; undefined when Asterisk has no such trunk. */
export async function trunkState(ari: AriRequester, trunk: TrunkSettings): Promise<TrunkState | undefined> {
  try {
    const { state } = await getEndpoint(ari, trunkName(trunk.id));
    const { registration } = trunkObjects(trunk);
    return {
      reachable: state === 'online',
      registration: registration
        ? registrationIn(await metricsOf(ari), registration['client_uri'] ?? '')
        : 'none',
    };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

async function metricsOf(ari: AriRequester): Promise<string> {
  return ari.text('/metrics').catch((error: unknown) => {
    if (error instanceof AriError && error.code === 'ARI_STATUS') return '';
    throw error;
  });
}

/** ARI is silent about registrations; Asterisk tells them to Prometheus only, by the URI that registers. */
function registrationIn(metrics: string, clientUri: string): TrunkState['registration'] {
  const line = metrics
    .split('\n')
    .find((line) => line.startsWith('asterisk_pjsip_outbound') && line.includes(`username="${clientUri}"`));
  return registrations[Number(line?.at(-1) ?? 3)] ?? 'unknown';
}

const registrations = ['unregistered', 'registered', 'rejected'] as const;

async function removeObject(ari: AriRequester, type: string, id: string): Promise<void> {
  await deleteSipConfig(ari, type, id).catch((error: unknown) => {
    if (!isStatus(error, 404)) throw error;
  });
}

/** Puts a trunk into SIP's words. Throws `BAD_TRUNK_ID`, `BAD_HOST` or `NO_CREDENTIALS`. */
export function trunkObjects({
  id,
  host,
  port,
  transport,
  username,
  password,
  registers,
}: TrunkSettings): SipObjects {
  const name = trunkName(id);
  const server = `sip:${hostName(host)}:${port}${transport === 'udp' ? '' : `;transport=${transport}`}`;
  const hasLogin = username !== undefined && password !== undefined;
  if (registers && !hasLogin)
    throw coded('NO_CREDENTIALS', 'a registration needs a user name and a password');
  const usesTransport = { transport: `transport-${transport}` };
  return {
    ...(hasLogin && { auth: { auth_type: 'userpass', username, password } }),
    aor: { contact: server, qualify_frequency: String(QUALIFY_SECONDS) },
    endpoint: {
      ...usesTransport,
      ...(hasLogin && { outbound_auth: name }),
      aors: name,
      context: 'carillon-inbound',
      // Only the carrier's address is the carrier; a name in a From header is not.
      identify_by: 'ip',
      from_domain: host,
      disallow: 'all',
      allow: 'alaw,ulaw',
      dtmf_mode: 'auto',
      direct_media: 'no',
      rtp_symmetric: 'yes',
      // A last resort: calls without audio are ended much sooner by their owner.
      rtp_timeout: '60',
      send_pai: 'yes',
      trust_id_outbound: 'yes',
      // Otherwise every entry into a bridge sends a re-INVITE.
      send_connected_line: 'no',
    },
    identify: { endpoint: name, match: host },
    ...(registers && {
      registration: {
        ...usesTransport,
        server_uri: server,
        client_uri: `sip:${encodeURIComponent(username ?? '')}@${host}`,
        contact_user: encodeURIComponent(username ?? ''),
        outbound_auth: name,
        endpoint: name,
        line: 'yes',
        max_random_initial_delay: '1',
        expiration: '300',
        retry_interval: '30',
        // A password that is wrong today may be right after the operator has changed it.
        auth_rejection_permanent: 'no',
        fatal_retry_interval: '60',
        forbidden_retry_interval: '60',
        max_retries: '1000000',
      },
    }),
  };
}

/** A host name or an address, and nothing that would mean something else within a URI. */
function hostName(host: string): string {
  if (/^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])$/.test(host)) return host;
  throw coded('BAD_HOST', 'not a host name or an address');
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
