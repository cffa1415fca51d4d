import { expect, test } from 'vitest';
import type { Tool } from '../../../src/conversation/engines.ts';
import { turnGrammar, turnInstruction } from '../../../src/llm/turn-grammar.ts';

const tools: readonly Tool[] = [
  { name: 'end_call', description: 'The callee says goodbye.', parameters: { properties: {}, required: [] } },
  {
    name: 'book',
    description: 'The callee agrees to a time.',
    parameters: {
      properties: {
        when: { type: 'string' },
        seats: { type: 'number' },
        floor: { enum: ['ground', 'up"per'] },
      },
      required: ['when'],
    },
  },
];

test('the grammar has one action per tool, with all its inputs', () => {
  expect(turnGrammar(tools)).toMatchInlineSnapshot(`
    "root ::= char{1,400} "\\",\\"action\\":" action "}"
    char ::= [^"\\\\\\x00-\\x1F] | "\\\\" ["\\\\/nt]
    string ::= "\\"" char{0,200} "\\""
    number ::= "-"? [0-9]{1,15} ("." [0-9]{1,15})?
    boolean ::= "true" | "false"
    action ::= "{\\"name\\":\\"none\\"}" | "{\\"name\\":\\"end_call\\"" "}" | "{\\"name\\":\\"book\\"" ",\\"when\\":" string ",\\"seats\\":" number ",\\"floor\\":" ("\\"ground\\"" | "\\"up\\\\\\"per\\"") "}""
  `);
});

test('the instruction names each action with its inputs', () => {
  expect(turnInstruction(tools)).toMatchInlineSnapshot(`
    "Answer as JSON: "say" is what you say to the callee, one or two short sentences. "action" is what you do with it:
    - none: nothing but talk, the usual case
    - end_call: The callee says goodbye.
    - book (when, seats, floor): The callee agrees to a time."
  `);
});
