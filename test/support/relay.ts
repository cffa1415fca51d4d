import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP relay on loopback: a connection that can be cut or stopped. */
export type Relay = {
  readonly port: number;
  /** Cuts every connection. */
  cut(): void;
  /** Lets nothing through any more, without closing anything: half-open. */
  freeze(): void;
  /** Cuts the connections that began with such a request, and lets none in until the returned function is called. */
  bar(requests: RegExp): () => void;
  close(): Promise<void>;
};

export async function startRelay(target: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const began = new Map<Socket, string>();
  let barred: RegExp | undefined;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    near.once('data', (first: Buffer) => {
      const request = first.toString('latin1');
      if (barred?.test(request)) return near.destroy();
      began.set(near, request);
      far.write(first);
      return near.pipe(far);
    });
    far.pipe(near);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        began.delete(socket);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    freeze: () => {
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    bar: (requests) => {
      barred = requests;
      for (const [socket, request] of began) if (requests.test(request)) socket.destroy();
      return () => (barred = undefined);
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
