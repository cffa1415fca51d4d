/** A process of its own that listens, thinks and speaks as OpenAI's servers do, at once; `bench/calls.ts` forks it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const MS_PER_LETTER = 60;
const PCM_RATE = 24_000;
const TONE_HZ = 440;
/** The agent ends the call when it has answered so many turns. */
const TURNS = 2;

let heard = 0;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  if (request.url?.endsWith('/audio/transcriptions')) {
    // Never the same twice: a callee who repeats himself is taken for a machine.
    heard += 1;
    response.end(JSON.stringify({ text: `Where can I park my car number ${heard}?` }));
  } else if (request.url?.endsWith('/audio/speech')) {
    response.end(tone((JSON.parse(body) as { input: string }).input));
  } else answer(response, (body.match(/"role":"user"/g) ?? []).length >= TURNS);
}

function answer(response: ServerResponse, isLast: boolean): void {
  const end = { index: 0, id: 'end', type: 'function', function: { name: 'end_call', arguments: '{}' } };
  const delta = { content: 'It is behind the house in Quay Street.', ...(isLast && { tool_calls: [end] }) };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\ndata: [DONE]\n\n`);
}

/** A tone as long as it takes to say it: a hole in it is one in the audio. */
function tone(words: string): Uint8Array {
  const samples = Int16Array.from({ length: (words.length * MS_PER_LETTER * PCM_RATE) / 1000 }, (_, i) =>
    Math.round(8000 * Math.sin((2 * Math.PI * TONE_HZ * i) / PCM_RATE)),
  );
  return new Uint8Array(samples.buffer);
}

const server = createServer((request, response) => {
  // Who asks may hang up at any moment.
  serve(request, response).catch(() => response.destroy());
}).listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
process.on('disconnect', () => process.exit());
