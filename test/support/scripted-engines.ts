import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What a server does that does not do its work. */
export const faults = ['stalls', 'says 500', 'sends garbage', 'hangs up'] as const;
export type Fault = (typeof faults)[number];
export type EngineName = 'ears' | 'head' | 'mouth';

/** What the engines do in the calls of one language. */
export interface Plan {
  /** What is heard after the hello, and what the model answers to it. */
  readonly said: string;
  readonly answer: string;
  /** The engine that breaks when the callee speaks after their hello, and how. */
  readonly breaks?: readonly [EngineName, Fault];
}

/**
 * A server that listens, thinks and speaks as OpenAI's does, for all calls at once: a call is known by its agent's
 * language, which is its voice too. It stands in for real engines since a fault must come at an exact moment.
 * What it speaks is a tone, as long as `spokenMs` tells, so that a recording tells what was said.
 */
export interface ScriptedEngines {
  readonly url: string;
  /** How often an engine was asked for a language since the callee has spoken after their hello. */
  asked(language: string, engine: EngineName): number;
  close(): void;
}

const MS_PER_LETTER = 60;
const PCM_RATE = 24_000;
const TONE_HZ = 440;

/** How long it takes to speak a text. */
export const spokenMs = (text: string): number => MS_PER_LETTER * text.length;

const misbehave: Readonly<Record<Fault, (response: ServerResponse) => void>> = {
  stalls: () => undefined,
  'says 500': (response) => void response.writeHead(500).end('{"error":{"message":"out of memory"}}'),
  'sends garbage': (response) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<html><p>Welcome!</p></html>'),
  'hangs up': (response) => void response.socket?.destroy(),
};

/** Starts it on loopback, for the languages that have a plan. */
export async function startScriptedEngines(plans: Readonly<Record<string, Plan>>): Promise<ScriptedEngines> {
  const heard = new Map<string, number>();
  const asked = new Map<string, number>();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const { engine, language, reply } = understood(request.url ?? '', body);
    const plan = plans[language];
    if (!plan) return misbehave['says 500'](response);
    if (engine === 'ears') heard.set(language, (heard.get(language) ?? 0) + 1);
    const hasSpoken = (heard.get(language) ?? 0) > 1;
    const key = `${language} ${engine}`;
    // A model that reads ahead, or reads a transcript when all is over, is not asked for an answer.
    if (hasSpoken && reply) asked.set(key, (asked.get(key) ?? 0) + 1);
    const [broken, fault] = plan.breaks ?? [];
    if (fault && broken === engine && hasSpoken && reply) return misbehave[fault](response);
    if (engine === 'ears') response.end(JSON.stringify({ text: hasSpoken ? plan.said : 'Hello?' }));
    else if (engine === 'mouth') response.end(tone(spokenMs((JSON.parse(body.toString()) as Speech).input)));
    else answer(response, reply ? plan.answer : '{}');
  };
  const listener: RequestListener = (request, response) => {
    // Who asks may hang up at any moment.
    serve(request, response).catch(() => response.destroy());
  };
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: (language, engine) => asked.get(`${language} ${engine}`) ?? 0,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

type Speech = { readonly voice: string; readonly input: string };

function understood(url: string, body: Buffer): { engine: EngineName; language: string; reply: boolean } {
  if (url.endsWith('/audio/transcriptions')) {
    const [, language = ''] = /name="language"\r\n\r\n([a-z]{2})/.exec(body.toString('latin1')) ?? [];
    return { engine: 'ears', language, reply: true };
  }
  const text = body.toString();
  if (url.endsWith('/audio/speech'))
    return { engine: 'mouth', language: (JSON.parse(text) as Speech).voice, reply: true };
  const [, language = ''] = /in the language \\"([a-z]{2})/.exec(text) ?? [];
  return { engine: 'head', language, reply: !/"max_tokens":1\b|response_format/.test(text) };
}

function answer(response: ServerResponse, content: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\ndata: [DONE]\n\n`,
  );
}

function tone(ms: number): Uint8Array {
  const samples = Int16Array.from({ length: (ms * PCM_RATE) / 1000 }, (_, i) =>
    Math.round(8000 * Math.sin((2 * Math.PI * TONE_HZ * i) / PCM_RATE)),
  );
  return new Uint8Array(samples.buffer);
}
