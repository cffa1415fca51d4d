import { json } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { Message, Reply, Tool } from '../../../src/conversation/engines.ts';
import { openaiChat, type ChatServer } from '../../../src/llm/openai.ts';
import { withHttpServer } from '../../support/http-server.ts';

const never = new AbortController().signal;

const messages: readonly Message[] = [
  { role: 'instruction', text: 'You are Anna.' },
  { role: 'instruction', text: 'Parking is free.' },
  { role: 'agent', text: 'Hello, this is Anna.' },
  { role: 'callee', text: 'Where can I park?' },
];
const tools: readonly Tool[] = [
  {
    name: 'book',
    description: 'The callee agrees to a time.',
    parameters: { properties: { when: { type: 'string' } }, required: ['when'] },
  },
];

type Sent = {
  messages: { role: string; content: string }[];
  tools?: unknown;
  grammar?: string;
  max_tokens: number;
};
type Delta = { content?: string; tool_calls?: object[] };

const chunk = (delta: Delta, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const says = (...pieces: string[]): string[] => pieces.map((content) => chunk({ content }));
const call = (index: number, part: object): string => chunk({ tool_calls: [{ index, function: part }] });
const done = [chunk({}, 'stop'), 'data: [DONE]\n\n'];

/** Asks a server that streams these events; returns the reply and what the server was sent. */
async function ask(
  way: ChatServer['tools'],
  events: readonly string[],
  { use = tools, history = messages, warm = false, status = 200, signal = never } = {},
): Promise<{ reply: Reply[]; sent: Sent }> {
  let sent: Sent | undefined;
  const reply = await withHttpServer(
    (request, response) => {
      void (async () => {
        sent = (await json(request)) as Sent;
        response.writeHead(status, { 'content-type': 'text/event-stream' });
        for (const event of events) response.write(event);
        response.end();
      })();
    },
    async (origin) => {
      const chat = openaiChat({ url: `${origin}/v1`, model: 'm', key: undefined, tools: way });
      if (warm) await chat.warm(history, use, signal);
      return warm ? [] : Array.fromAsync(chat.reply(history, use, signal));
    },
  );
  if (!sent) throw new Error('the server was not asked');
  return { reply, sent };
}

const said = (reply: readonly Reply[]): string =>
  reply
    .map((part) => (part.type === 'say' ? part.text : ''))
    .join('')
    .trim();
const uses = (reply: readonly Reply[]): Reply[] => reply.filter(({ type }) => type === 'use');

describe('a model that writes its turn as JSON', () => {
  test('is heard while it writes, and its action follows', async () => {
    const { reply, sent } = await ask('grammar', [
      ...says('Behind', ' the "house\\".', '","act', 'ion":{"name":"book",', '"when":"Tuesday"}}').map(
        (event) => event.replace('\\"house', '\\\\\\"house'),
      ),
      ...done,
    ]);
    expect(said(reply)).toBe('Behind the "house".');
    expect(reply[0]).toEqual({ type: 'say', text: 'Behind' });
    expect(reply.at(-1)).toEqual({ type: 'use', tool: 'book', input: { when: 'Tuesday' } });
    expect(sent.grammar).toContain('book');
    expect(sent.tools).toBeUndefined();
    expect(sent.messages.map(({ role }) => role)).toEqual(['system', 'assistant', 'user', 'assistant']);
    expect(sent.messages[0]?.content).toMatch(
      /^You are Anna\.\n\nParking is free\.\n\nAnswer as JSON.*- book \(when\)/s,
    );
    expect(sent.messages.at(-1)?.content).toBe('{"say":"');
  });

  test('is known to have nothing more to say before its action is written', async () => {
    const { reply } = await ask('grammar', [...says('Sure.', '",', '"action":{"name":"none"}}'), ...done]);
    expect(reply).toEqual([
      { type: 'say', text: 'Sure.' },
      { type: 'say', text: '\n' },
    ]);
  });

  test.each([
    ['the action none', says('Sure.","action":{"name":"none"}}'), done],
    ['no action', says('Sure."}'), done],
    ['a turn cut by the token limit', says('Sure.'), [chunk({}, 'length')]],
  ])('%s uses no tool', async (_name, events, end) => {
    const { reply } = await ask('grammar', [...events, ...end]);
    expect(said(reply)).toBe('Sure.');
    expect(uses(reply)).toEqual([]);
  });

  test('without tools it just talks', async () => {
    const { reply, sent } = await ask('grammar', [...says('Behind ', 'the house.'), ...done], { use: [] });
    expect(said(reply)).toBe('Behind the house.');
    expect(sent.grammar).toBeUndefined();
    expect(sent.messages).toHaveLength(4);
  });

  test('garbage is an error with a code', async () => {
    const asking = ask('grammar', [...says('Sure.","action":<html>'), ...done]);
    await expect(asking).rejects.toThrow(expect.objectContaining({ code: 'CHAT_GARBAGE' }));
  });
});

describe('a model that calls tools', () => {
  test('is heard while it writes, and its calls follow, put together from their pieces', async () => {
    const { reply, sent } = await ask('native', [
      ...says('One ', 'moment.'),
      call(0, { name: 'book', arguments: '{"when"' }),
      call(0, { arguments: ':"Tuesday"}' }),
      call(1, { name: 'end_call', arguments: '' }),
      ...done,
    ]);
    expect(reply).toEqual([
      { type: 'say', text: 'One ' },
      { type: 'say', text: 'moment.' },
      { type: 'use', tool: 'book', input: { when: 'Tuesday' } },
      { type: 'use', tool: 'end_call', input: {} },
    ]);
    expect(sent.messages).toHaveLength(4);
    expect(sent.tools).toEqual([
      {
        type: 'function',
        function: {
          name: 'book',
          description: 'The callee agrees to a time.',
          parameters: { type: 'object', properties: { when: { type: 'string' } }, required: ['when'] },
        },
      },
    ]);
  });

  test('arguments that are not JSON are an error with a code', async () => {
    await expect(ask('native', [call(0, { name: 'book', arguments: '{"when"' }), ...done])).rejects.toThrow(
      expect.objectContaining({ code: 'CHAT_GARBAGE' }),
    );
  });
});

test.each([
  ['the callee is heard so far', messages, ['system', 'assistant', 'user', 'assistant']],
  ['the callee has not spoken yet', messages.slice(0, 3), ['system', 'assistant', 'user', 'assistant']],
] as const)('warming sends the same request for one token when %s', async (_name, history, roles) => {
  const { sent } = await ask('grammar', [...says('x'), chunk({}, 'length')], { history, warm: true });
  expect(sent.max_tokens).toBe(1);
  expect(sent.messages.map(({ role }) => role)).toEqual(roles);
});

test.each([500, 429, 404])('F23: HTTP %i is an error with a code', async (status) => {
  await expect(ask('native', [], { status })).rejects.toThrow(
    expect.objectContaining({ code: 'CHAT_FAILED' }),
  );
});

test('F23: a server that is not there is an error with a code', async () => {
  const chat = openaiChat({ url: 'http://127.0.0.1:9/v1', model: 'm', key: undefined, tools: 'native' });
  const reply = Array.fromAsync(chat.reply(messages, [], never));
  await expect(reply).rejects.toThrow(expect.objectContaining({ code: 'CHAT_FAILED' }));
});

test('an abort ends the reply and closes the connection', async () => {
  const bargeIn = new AbortController();
  const closed = Promise.withResolvers<void>();
  await withHttpServer(
    (_request, response) => {
      response.on('close', () => closed.resolve());
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk({ content: 'Well, ' }));
    },
    async (origin) => {
      const chat = openaiChat({ url: `${origin}/v1`, model: 'm', key: undefined, tools: 'native' });
      const heard: Reply[] = [];
      const listen = async (): Promise<void> => {
        for await (const part of chat.reply(messages, [], bargeIn.signal)) {
          heard.push(part);
          bargeIn.abort(new Error('barge-in'));
        }
      };
      await expect(listen()).rejects.toThrow('barge-in');
      expect(heard).toEqual([{ type: 'say', text: 'Well, ' }]);
      await closed.promise;
    },
  );
});
