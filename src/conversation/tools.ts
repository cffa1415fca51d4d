import { z } from 'zod';
import type { Tool } from './engines.ts';
import type { ObjectiveField } from './objective.ts';

/** The names of the tools that an agent may be given. */
export const toolNames = [
  'mark_dnc',
  'transfer',
  'schedule_callback',
  'end_call',
  'record_field',
  'send_dtmf',
] as const;
export type ToolName = (typeof toolNames)[number];

/** What a new agent may do; opt-outs in words need no tool, and a small model may hear one where there is none. */
export const defaultTools: readonly ToolName[] = ['end_call', 'schedule_callback'];

/** Somebody of the team's own to whom an agent may put callees through; a model only ever names its id. */
export const transferTarget = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, { error: 'Expected an id such as front-desk.' }),
  label: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .regex(/^[^\p{Cc}"{}<>]*$/u, { error: 'Must be one line of plain words.' }),
  number: z
    .string()
    .regex(/^\+[1-9][0-9]{6,14}$/, { error: 'Expected an E.164 number such as +4930123456.' }),
});
export type TransferTarget = z.infer<typeof transferTarget>;

/** All targets of an agent; each id stands once. */
export const transferTargets = z
  .array(transferTarget)
  .max(20)
  .refine((targets) => new Set(targets.map(({ id }) => id)).size === targets.length, {
    error: 'Two targets have the same id.',
  });

/** What an agent may use in a call, and on what. */
export interface Toolbox {
  readonly allowed: readonly ToolName[];
  readonly fields: readonly ObjectiveField[];
  readonly targets: readonly TransferTarget[];
}

/** What a model's use of a tool comes to, with all that it names looked up. */
export type Action =
  | { readonly type: 'end_call' | 'schedule_callback' | 'mark_dnc' }
  | { readonly type: 'transfer'; readonly target: TransferTarget }
  | { readonly type: 'record_field'; readonly field: ObjectiveField; readonly answer: unknown }
  | { readonly type: 'send_dtmf'; readonly digits: string };

const DIGITS = /^[0-9*#]{1,8}$/;
const nothing = { properties: {}, required: [] };

/** The tools of an agent as its model sees them; one that has nothing to act on is not among them. */
export function toolsOf({ allowed, fields, targets }: Toolbox): readonly Tool[] {
  const tools: Readonly<Record<ToolName, Tool | null>> = {
    end_call: {
      name: 'end_call',
      description: 'The aim is reached or the person wants to end the call; you have said goodbye.',
      parameters: nothing,
    },
    schedule_callback: {
      name: 'schedule_callback',
      description: 'The person asks to be called at another time.',
      parameters: nothing,
    },
    mark_dnc: {
      name: 'mark_dnc',
      description: 'The person never wants to be called again.',
      parameters: nothing,
    },
    transfer:
      targets.length === 0
        ? null
        : {
            name: 'transfer',
            description: `The person wants to talk to a human: ${targets.map(({ id, label }) => `${id} is ${label}`).join(', ')}.`,
            parameters: {
              properties: { target: { enum: targets.map(({ id }) => id) } },
              required: ['target'],
            },
          },
    record_field:
      fields.length === 0
        ? null
        : {
            name: 'record_field',
            description: `The person has answered one of these: ${fields.map(asked).join(' ')}`,
            parameters: {
              properties: { field: { enum: fields.map(({ name }) => name) }, value: { type: 'string' } },
              required: ['field', 'value'],
            },
          },
    send_dtmf: {
      name: 'send_dtmf',
      description: 'Press keys of the telephone, such as an extension: at most eight of 0-9, * and #.',
      parameters: { properties: { digits: { type: 'string' } }, required: ['digits'] },
    },
  };
  return allowed.flatMap((name) => tools[name] ?? []);
}

/**
 * What a use comes to; null when the agent does not have the tool, or what is named is not on its lists. Whatever a
 * model asks for, nothing else is done (see the attacks in the tests).
 */
export function actionOf(
  use: { readonly tool: string; readonly input: Readonly<Record<string, unknown>> },
  { allowed, fields, targets }: Toolbox,
): Action | null {
  const name = allowed.find((tool) => tool === use.tool);
  switch (name) {
    case undefined:
      return null;
    case 'end_call':
    case 'schedule_callback':
    case 'mark_dnc':
      return { type: name };
    case 'transfer': {
      const target = targets.find(({ id }) => id === use.input['target']);
      return target ? { type: name, target } : null;
    }
    case 'record_field': {
      const field = fields.find((each) => each.name === use.input['field']);
      return field ? { type: name, field, answer: use.input['value'] } : null;
    }
    case 'send_dtmf': {
      const { digits } = use.input;
      return typeof digits === 'string' && DIGITS.test(digits) ? { type: name, digits } : null;
    }
  }
}

const asked = (field: ObjectiveField): string =>
  `${field.name}: ${field.question}${field.type === 'choice' ? ` (${field.options.join(', ')})` : ''}`;
