/** What sipp plays as a carrier: scenarios that a PBX can't be made to follow, written out as sipp's XML. */

const answerHeaders = `[last_Via:]
[last_From:]
[last_To:];tag=[pid]carrier[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>`;

const media = `v=0
o=carrier 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000`;

const scenario = (name: string, ...steps: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="${name}">\n${steps.join('\n')}\n</scenario>\n`;

const receive = (request: string): string => `<recv request="${request}"/>`;

function answer(status: string, { headers = answerHeaders, body = '', attributes = '' } = {}): string {
  const type = body && '\nContent-Type: application/sdp';
  const lines = `SIP/2.0 ${status}\n${headers}${type}\nContent-Length: [len]\n\n${body}`;
  return `<send${attributes}><![CDATA[\n${lines}\n]]></send>`;
}

/** Says that it is there to whoever asks: a scenario's first and last steps. */
const whenAsked = '<recv request="OPTIONS" optional="true" next="asked"/>';
const saysItIsThere = ['<label id="asked"/>', answer('200 OK')];

/** Answers each INVITE with the SIP status that the last three digits of its number are. */
export function answersByStatus(statuses: readonly number[]): string {
  return scenario(
    'answers-by-status',
    '<recv request="INVITE"><action>',
    ...statuses.map(
      (status) => `<ereg regexp="^INVITE sip:[+0-9]*${status}@" search_in="msg" assign_to="is${status}"/>`,
    ),
    '</action></recv>',
    ...statuses.map((status) => `<nop next="say${status}" test="is${status}"/>`),
    ...statuses.flatMap((status) => [
      `<label id="say${status}"/>`,
      answer(`${status} Refused`, { attributes: ' next="acknowledged"' }),
    ]),
    '<label id="acknowledged"/>',
    receive('ACK'),
  );
}

/** The same for a trunk that is asked whether it is there; numbers that begin with `ringing` ring first. */
export function ringsThenAnswersByStatus(statuses: readonly number[], ringing: string): string {
  return scenario(
    'rings-then-answers-by-status',
    whenAsked,
    '<recv request="INVITE"><action>',
    `<ereg regexp="^INVITE sip:[+]${ringing}" search_in="msg" assign_to="rings"/>`,
    ...statuses.map(
      (status) => `<ereg regexp="^INVITE sip:[+0-9]*${status}@" search_in="msg" assign_to="is${status}"/>`,
    ),
    '</action></recv>',
    '<nop next="ring" test="rings"/>',
    '<nop next="say"/>',
    '<label id="ring"/>',
    answer('180 Ringing'),
    '<label id="say"/>',
    ...statuses.map((status) => `<nop next="say${status}" test="is${status}"/>`),
    ...statuses.flatMap((status) => [
      `<label id="say${status}"/>`,
      answer(`${status} Refused`, { attributes: ' next="refused"' }),
    ]),
    '<label id="refused"/>',
    '<recv request="ACK" next="over"/>',
    ...saysItIsThere,
    '<label id="over"/>',
    '<nop/>',
  );
}

/** Rings; when the caller gives up it has just been answered, so that the 200 crosses the CANCEL. */
export const answersAfterCancel = scenario(
  'answers-after-cancel',
  whenAsked,
  '<recv request="INVITE"><action>',
  '<ereg regexp="[0-9]+ INVITE" search_in="hdr" header="CSeq:" assign_to="invite"/>',
  '</action></recv>',
  answer('180 Ringing'),
  receive('CANCEL'),
  answer('200 OK'),
  answer('200 OK', {
    headers: answerHeaders.replace('[last_CSeq:]', 'CSeq: [$invite]'),
    body: media,
    attributes: ' retrans="500"',
  }),
  receive('ACK'),
  receive('BYE'),
  ...saysItIsThere,
);

/** Asks for a password again and again, with a fresh nonce each time, whatever it is given. */
export const neverAcceptsPassword = scenario(
  'never-accepts-password',
  '<label id="again"/>',
  receive('INVITE'),
  answer('401 Unauthorized', {
    headers: `${answerHeaders}\nWWW-Authenticate: Digest realm="carrier", nonce="[call_number]-[clock_tick]", algorithm=MD5`,
  }),
  '<recv request="ACK" next="again"/>',
);

/** Answers, and ends the call with a BYE that gives its reason. */
export const hangsUpWithReason = (q850: number): string =>
  scenario(
    `hangs-up-with-reason-${q850}`,
    '<recv request="INVITE"><action>',
    '<ereg regexp="&lt;.*" search_in="hdr" header="From:" assign_to="caller"/>',
    '<ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="target"/>',
    '</action></recv>',
    answer('200 OK', { body: media, attributes: ' retrans="500"' }),
    receive('ACK'),
    `<send retrans="500"><![CDATA[
BYE [$target] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[local_ip]:[local_port]>;tag=[pid]carrier[call_number]
To: [$caller]
[last_Call-ID:]
CSeq: 1 BYE
Max-Forwards: 70
Reason: Q.850;cause=${q850};text="carrier"
Content-Length: 0
]]></send>`,
    '<recv response="200"/>',
  );
