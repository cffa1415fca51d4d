import OpenAI from 'openai';
import type { Chat, Form, Message, Reader, Tool } from '../conversation/engines.ts';
import { parse, readNative, readTurn } from './read-reply.ts';
import { TURN_OPENING, turnGrammar, turnInstruction } from './turn-grammar.ts';

/** A server that speaks OpenAI's chat protocol below `url` (`…/v1`). */
export interface ChatServer {
  readonly url: string;
  readonly model: string;
  readonly key: string | undefined;
  /** `grammar` for a model of llama.cpp that talks about tools rather than calling them: it writes its turn as JSON. */
  readonly tools: 'native' | 'grammar';
}

/** A turn on the telephone is two sentences and an action. */
const MOST_TOKENS = 200;

/** A long line quoted, and a summary. */
const MOST_TOKENS_IN_WRITING = 400;

/** Low, since an agent has facts to keep to; not zero, where small models begin to repeat themselves. */
const TEMPERATURE = 0.2;

/** Nothing for this long means that the server is stuck. */
const STALL_LIMIT_MS = 10_000;
/** The same where nobody waits on the telephone and a whole call has to be read first. */
const STALL_LIMIT_IN_WRITING_MS = 60_000;

type Request = OpenAI.ChatCompletionCreateParamsStreaming;

const roles = { instruction: 'system', agent: 'assistant', callee: 'user' } as const;

/** Talks to a language model; both ways of using tools look the same from outside. */
export function openaiChat(server: ChatServer): Chat & Reader {
  const client = new OpenAI({ baseURL: server.url, apiKey: server.key ?? 'none', maxRetries: 0 });

  const inGrammar = (tools: readonly Tool[]): boolean => tools.length > 0 && server.tools === 'grammar';
  const request = (messages: readonly Message[], tools: readonly Tool[]): Request =>
    inGrammar(tools) ? grammarRequest(server, messages, tools) : nativeRequest(server, messages, tools);

  return {
    async *reply(messages, tools, signal) {
      const chunks = stream(client, request(messages, tools), signal);
      yield* inGrammar(tools) ? readTurn(chunks) : readNative(chunks);
    },
    async warm(messages, tools, signal) {
      // a server would take an agent's words at the end for a beginning to go on from
      const ahead: readonly Message[] =
        messages.at(-1)?.role === 'callee' ? messages : [...messages, { role: 'callee', text: '' }];
      await Array.fromAsync(stream(client, { ...request(ahead, tools), max_tokens: 1 }, signal));
    },
    async answer(messages, form, signal) {
      let written = '';
      for await (const { choices } of stream(
        client,
        formRequest(server, messages, form),
        signal,
        STALL_LIMIT_IN_WRITING_MS,
      ))
        written += choices[0]?.delta.content ?? '';
      return parse(written);
    },
  };
}

function nativeRequest({ model }: ChatServer, messages: readonly Message[], tools: readonly Tool[]): Request {
  return {
    ...plainRequest(model, messages),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters: { properties, required } }) => ({
        type: 'function',
        function: { name, description, parameters: { type: 'object', properties, required } },
      })),
    }),
  };
}

/** The instruction goes into one system message at the beginning: small models heed that better than two. */
function grammarRequest(
  { model }: ChatServer,
  messages: readonly Message[],
  tools: readonly Tool[],
): Request {
  const start = messages.findIndex(({ role }) => role !== 'instruction');
  const instructions = messages.slice(0, start).map(({ text }) => text);
  const text = [...instructions, turnInstruction(tools)].join('\n\n');
  const turn: Message = { role: 'agent', text: TURN_OPENING };
  const request = plainRequest(model, [{ role: 'instruction', text }, ...messages.slice(start), turn]);
  const withGrammar: Request & { grammar: string } = { ...request, grammar: turnGrammar(tools) };
  return withGrammar;
}

function formRequest({ model }: ChatServer, messages: readonly Message[], form: Form): Request {
  const schema = {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(form).map(([name, part]) => [name, 'enum' in part ? { type: 'string', ...part } : part]),
    ),
    required: Object.keys(form),
    additionalProperties: false,
  };
  return {
    ...plainRequest(model, messages),
    temperature: 0,
    max_tokens: MOST_TOKENS_IN_WRITING,
    response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
  };
}

function plainRequest(model: string, messages: readonly Message[]): Request {
  return {
    model,
    messages: messages.map(({ role, text }) => ({ role: roles[role], content: text })),
    stream: true,
    temperature: TEMPERATURE,
    // The same conversation gets the same answer, so that what went wrong can be looked into.
    seed: 1,
    max_tokens: MOST_TOKENS,
  };
}

async function* stream(
  client: OpenAI,
  request: Request,
  signal: AbortSignal,
  stallLimitMs = STALL_LIMIT_MS,
): AsyncGenerator<OpenAI.ChatCompletionChunk, void> {
  signal.throwIfAborted();
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(), stallLimitMs);
  try {
    const chunks = await client.chat.completions.create(request, {
      signal: AbortSignal.any([signal, stall.signal]),
    });
    for await (const chunk of chunks) {
      timer.refresh();
      yield chunk;
    }
    // an aborted stream ends as if it were whole
    signal.throwIfAborted();
    stall.signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    if (stall.signal.aborted) throw failed('CHAT_STALLED', 'nothing came for too long', error);
    throw failed('CHAT_FAILED', (error as Error).message, error);
  } finally {
    clearTimeout(timer);
  }
}

function failed(code: string, reason: string, cause: unknown): Error {
  return Object.assign(new Error(`The language model can't answer: ${reason}`, { cause }), { code });
}
