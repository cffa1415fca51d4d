import type { FastifyPluginCallback } from 'fastify';
import type { WebSocket } from 'ws';
import type { LiveEvent } from '../../engine/live.ts';
import { type LiveMessage, liveMessage } from '../../protocol/live.ts';
import type { Dependencies } from '../dependencies.ts';
import { refuse } from '../problem.ts';

/** A watcher with this much unsent lags too far behind to be worth the memory. */
const MAX_UNSENT_BYTES = 1_000_000;
const PING_MS = 30_000;
/** RFC 6455 and its registry: try again later. */
const CLOSE_TOO_SLOW = 1013;

/** `/live`: every change as a message on a websocket. A watcher that is too slow is dropped and reads anew. */
export const liveRoutes: FastifyPluginCallback<Pick<Dependencies, 'live' | 'trunks' | 'log'>> = (
  server,
  { live, trunks, log },
  done,
) => {
  const watchers = new Set<WebSocket>();
  const alive = new WeakSet<WebSocket>();

  const unsubscribe = live.subscribe((event) => {
    if (watchers.size === 0) return;
    const text = JSON.stringify(liveMessage.encode(toMessage(event, trunks)));
    for (const watcher of watchers) {
      if (watcher.bufferedAmount > MAX_UNSENT_BYTES) {
        drop(watcher, watchers);
        log.warn({ unsentBytes: watcher.bufferedAmount }, 'dropped a slow live watcher');
      } else watcher.send(text);
    }
  });

  const pings = setInterval(() => {
    for (const watcher of watchers) {
      if (!alive.delete(watcher)) watcher.terminate();
      else watcher.ping();
    }
  }, PING_MS);

  server.addHook('onClose', () => {
    unsubscribe();
    clearInterval(pings);
  });

  server.get(
    '/live',
    {
      websocket: true,
      preValidation: async (request, reply) => {
        const { origin, host } = request.headers;
        // Only browsers send an origin, and only our own page's may speak for its user.
        if (origin === undefined || hostOf(origin) === host) return undefined;
        return refuse(reply, 'foreign-origin', 'This page may not watch the campaigns.');
      },
    },
    (watcher) => {
      watchers.add(watcher);
      alive.add(watcher);
      watcher.on('pong', () => alive.add(watcher));
      watcher.on('close', () => watchers.delete(watcher));
      watcher.on('error', (error) => log.info({ err: error }, 'a live watcher failed'));
    },
  );
  done();
};

function drop(watcher: WebSocket, watchers: Set<WebSocket>): void {
  watchers.delete(watcher);
  watcher.close(CLOSE_TOO_SLOW, 'too slow');
  watcher.terminate();
}

function toMessage(event: LiveEvent, trunks: Dependencies['trunks']): LiveMessage {
  switch (event.type) {
    case 'campaign':
      return { ...event, pausedBecause: [...event.pausedBecause] };
    case 'call':
    case 'analysis':
      return event;
    case 'trunk':
      return { ...event, status: trunks.status(event.id) };
  }
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);
