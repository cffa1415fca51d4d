import type OpenAI from 'openai';
import type { Reply } from '../conversation/engines.ts';
import { stringReader } from './string-reader.ts';
import { NO_ACTION, TURN_OPENING } from './turn-grammar.ts';

type Chunks = AsyncIterable<OpenAI.ChatCompletionChunk>;

/** Reads a turn written by `turnGrammar`; what is said comes while the action is still being written. */
export async function* readTurn(chunks: Chunks): AsyncGenerator<Reply, void> {
  const read = stringReader();
  let written = TURN_OPENING;
  let cut = false;
  for await (const { choices } of chunks) {
    const content = choices[0]?.delta.content ?? '';
    written += content;
    cut ||= choices[0]?.finish_reason === 'length';
    const text = read(content);
    if (text) yield { type: 'say', text };
  }
  if (cut) return; // a turn that was too long has been said as far as it goes
  const { name, ...input } = (parse(written)['action'] ?? {}) as Record<string, unknown>;
  if (typeof name === 'string' && name !== NO_ACTION) yield { type: 'use', tool: name, input };
}

/** Reads a turn of a model that calls tools by itself; its calls come after what it says. */
export async function* readNative(chunks: Chunks): AsyncGenerator<Reply, void> {
  const calls = new Map<number, { name: string; input: string }>();
  for await (const { choices } of chunks) {
    const { content, tool_calls: parts = [] } = choices[0]?.delta ?? {};
    if (content) yield { type: 'say', text: content };
    for (const { index, function: part } of parts) {
      const call = calls.get(index) ?? { name: '', input: '' };
      calls.set(index, { name: call.name + (part?.name ?? ''), input: call.input + (part?.arguments ?? '') });
    }
  }
  for (const { name, input } of calls.values())
    yield { type: 'use', tool: name, input: parse(input || '{}') };
}

/** Reads a JSON object; throws `CHAT_GARBAGE`. */
export function parse(written: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(written);
    if (typeof value !== 'object' || value === null) throw new SyntaxError('not an object');
    return value as Record<string, unknown>;
  } catch (cause) {
    throw Object.assign(new Error("The language model's answer is not JSON", { cause }), {
      code: 'CHAT_GARBAGE',
    });
  }
}
