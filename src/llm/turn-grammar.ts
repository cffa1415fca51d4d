import type { Tool } from '../conversation/engines.ts';

/** The name of the action that does nothing. */
export const NO_ACTION = 'none';

/** How every turn begins. It is put into the model's mouth, so that its first token is already speech. */
export const TURN_OPENING = '{"say":"';

const LONGEST_SPEECH = 400;
const LONGEST_INPUT = 200;

/**
 * The grammar, in llama.cpp's notation, of a turn after its opening: `…","action":{"name":"…", inputs}}` as compact
 * JSON. `say` comes first, so that it can be spoken while the action is still being written, and a token costs 35 ms.
 */
export function turnGrammar(tools: readonly Tool[]): string {
  const actions = tools.map((tool) => actionRule(tool));
  return [
    `root ::= char{1,${LONGEST_SPEECH}} ${literal('","action":')} action "}"`,
    String.raw`char ::= [^"\\\x00-\x1F] | "\\" ["\\/nt]`,
    `string ::= ${literal('"')} char{0,${LONGEST_INPUT}} ${literal('"')}`,
    'number ::= "-"? [0-9]{1,15} ("." [0-9]{1,15})?',
    'boolean ::= "true" | "false"',
    `action ::= ${[literal(`{"name":"${NO_ACTION}"}`), ...actions].join(' | ')}`,
  ].join('\n');
}

/** What the model has to be told, since it is given no tools, about the shape of a turn and what its actions are for. */
export function turnInstruction(tools: readonly Tool[]): string {
  const actions = tools.map(({ name, description, parameters }) => {
    const inputs = Object.keys(parameters.properties);
    return `- ${name}${inputs.length > 0 ? ` (${inputs.join(', ')})` : ''}: ${description}`;
  });
  return [
    'Answer as JSON: "say" is what you say to the callee, one or two short sentences. "action" is what you do with it:',
    `- ${NO_ACTION}: nothing but talk, the usual case`,
    ...actions,
  ].join('\n');
}

/** Every input is written, in order; the tool that is given one it can do without passes over it. */
function actionRule({ name, parameters }: Tool): string {
  const inputs = Object.entries(parameters.properties).map(
    ([input, schema]) => `${literal(`,${JSON.stringify(input)}:`)} ${valueRule(schema)}`,
  );
  return [literal(`{"name":${JSON.stringify(name)}`), ...inputs, '"}"'].join(' ');
}

function valueRule(schema: Tool['parameters']['properties'][string]): string {
  if ('enum' in schema) return `(${schema.enum.map((value) => literal(JSON.stringify(value))).join(' | ')})`;
  return schema.type;
}

/** A text as the grammar writes it: JSON's escapes are the grammar's. */
function literal(text: string): string {
  return JSON.stringify(text);
}
