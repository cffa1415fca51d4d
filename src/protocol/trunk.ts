import { z } from 'zod';
import { e164, instant, line, money, patchOf, uuid } from './values.ts';

const text = (pattern: RegExp, error: string) => z.string().regex(pattern, { error });

const fields = {
  name: line,
  host: z.union(
    [
      z.ipv4(),
      z.ipv6(),
      z
        .string()
        .max(253)
        .regex(
          /^(?![0-9.]+$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
        ),
    ],
    { error: 'Expected a host name or an IP address, without port or scheme.' },
  ),
  port: z.int().min(1).max(65_535),
  transport: z.enum(['udp', 'tcp', 'tls']),
  username: text(/^[A-Za-z0-9._~+*@-]{1,100}$/, 'Only letters, digits and . _ ~ + * @ -').nullable(),
  registers: z.boolean(),
  callerIds: z.array(e164).min(1, { error: 'A trunk needs at least one caller ID.' }).max(1000),
  allowedPrefixes: z
    .array(text(/^\+[1-9][0-9]{0,14}$/, 'Expected the beginning of an E.164 number such as +49.'))
    .max(1000)
    .meta({ description: 'What may be dialed; empty means nothing.' }),
  channels: z.int().min(1).max(10_000),
  callsPerSecond: z.number().positive().max(1000),
  costPerMinute: money,
  billingMinimumSeconds: z.int().min(0).max(3600),
  billingIncrementSeconds: z.int().min(1).max(3600),
  answerThresholds: z
    .strictObject({ human: z.number().min(0).max(1), machine: z.number().min(0).max(1) })
    .refine(({ human, machine }) => machine < human, {
      error: 'What is taken for a recording must be less likely a person than what is taken for one.',
    })
    .nullable()
    .meta({
      description:
        'From which probability on a voice is taken for a person’s, and down to which for a recording’s; null for the built-in ones.',
    }),
  inbound: z
    .array(z.strictObject({ number: e164, agentId: uuid }))
    .max(1000)
    .refine((all) => new Set(all.map(({ number }) => number)).size === all.length, {
      error: 'A number has one agent.',
    })
    .meta({
      description:
        'Which agent answers which of its numbers; a call to any other number is refused with 404.',
    }),
};

const password = text(/^[\x21-\x7e]{1,200}$/, 'Expected 1 to 200 printable ASCII characters without spaces.')
  .nullable()
  .meta({ description: 'Stored sealed and never shown again.' });

/** The name of a trunk, chosen by its creator, in addresses and in the PBX. */
export const trunkId = text(
  /^[a-z0-9][a-z0-9-]{0,39}$/,
  'Expected up to 40 of a–z, 0–9 and -, such as carrier-1.',
);

/** Path parameters of a route below one trunk. */
export const byTrunk = z.strictObject({ id: trunkId });

/** Body that creates a trunk. */
export const trunkCreate = z.strictObject({
  id: trunkId,
  ...fields,
  port: fields.port.default(5060),
  transport: fields.transport.default('udp'),
  username: fields.username.default(null),
  password: password.default(null),
  registers: fields.registers.default(false),
  allowedPrefixes: fields.allowedPrefixes.default([]),
  costPerMinute: fields.costPerMinute.default('0'),
  billingMinimumSeconds: fields.billingMinimumSeconds.default(1),
  billingIncrementSeconds: fields.billingIncrementSeconds.default(1),
  answerThresholds: fields.answerThresholds.default(null),
  inbound: fields.inbound.default([]),
});

/** Body that changes the named fields of a trunk. */
export const trunkPatch = patchOf({ ...fields, password });

/** Whether the far side answers OPTIONS (`reachable`) and, where we register, whether it let us. */
export const trunkStatus = z.strictObject({
  qualify: z.enum(['reachable', 'unreachable', 'unknown']),
  registration: z.enum(['registered', 'rejected', 'unregistered', 'none', 'unknown']),
});

/** Our SIP connection to a carrier. */
export const trunk = z
  .strictObject({
    id: trunkId,
    ...fields,
    hasPassword: z.boolean(),
    pausedBecause: z.string().nullable(),
    status: trunkStatus,
    createdAt: instant,
  })
  .meta({ id: 'Trunk' });
