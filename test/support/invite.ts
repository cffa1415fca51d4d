import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** An INVITE without a body to a SIP port on loopback, as a carrier or a scanner would send it. */
export interface Invite {
  /** The first answer that says more than 100 Trying, such as `SIP/2.0 404 Not Found`. */
  readonly answer: Promise<string>;
  close(): void;
}

/** Sends one; `uri` and `to` are users of addresses, `from` is a whole address. */
export async function sendInvite(
  sipPort: number,
  { uri, to = uri, from = '<sip:+447700900555@127.0.0.1>' }: { uri: string; to?: string; from?: string },
): Promise<Invite> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const answer = new Promise<string>((resolve) => {
    socket.on('message', (message) => {
      const [status = ''] = message.toString('latin1').split('\r\n');
      if (/^SIP\/2\.0 (?!100)/.test(status)) resolve(status);
    });
  });
  const lines = [
    `INVITE sip:${uri}@127.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${randomUUID()}`,
    `From: ${from};tag=${randomUUID()}`,
    `To: <sip:${to}@127.0.0.1>`,
    `Call-ID: ${randomUUID()}`,
    'CSeq: 1 INVITE',
    `Contact: <sip:127.0.0.1:${port}>`,
    'Max-Forwards: 70',
    'Content-Length: 0',
    '',
    '',
  ];
  socket.send(lines.join('\r\n'), sipPort, '127.0.0.1');
  return { answer, close: () => socket.close() };
}
