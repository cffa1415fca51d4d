import { z } from 'zod';
import { sentiment, shown } from './analysis.ts';
import { disposition } from './lead.ts';
import { pageQuery } from './page.ts';
import { trunkId } from './trunk.ts';
import { e164, instant, serial, serialText, sum, uuid } from './values.ts';
import { correction, verdict } from './verdict.ts';

const callState = z.enum(['reserved', 'dialing', 'ringing', 'answered', 'ended']);

/** One attempt and, once it ended, what became of it on the wire. */
export const call = z
  .strictObject({
    id: uuid,
    campaignId: uuid,
    leadId: serial,
    trunkId,
    number: e164,
    callerId: e164,
    state: callState,
    disposition: disposition.nullable(),
    reservedAt: instant,
    dialedAt: instant.nullable(),
    ringingAt: instant.nullable(),
    answeredAt: instant.nullable(),
    endedAt: instant.nullable(),
    talkSeconds: z.number().nullable(),
    billedSeconds: z.int().nullable(),
    cost: sum.nullable(),
    sipCode: z.int().nullable(),
    q850: z.int().nullable(),
    greetingHeard: z.boolean().nullable(),
    hasRecording: z.boolean(),
  })
  .meta({ id: 'Call' });

/** A call to somebody of the team, to put a callee through; without an outcome it goes on. */
const transfer = z.strictObject({
  target: z.string(),
  number: e164,
  dialAt: instant,
  endedAt: instant.nullable(),
  outcome: z.enum(['connected', 'busy', 'no_answer', 'failed', 'abandoned']).nullable(),
});

/** A call with all that the network said, its contact, and the decision that let it be dialed. */
export const callDetail = z.strictObject({
  ...call.shape,
  contactId: uuid,
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  sipCallId: z.string().nullable(),
  evidence: z.unknown(),
  verdict: verdict.nullable().meta({ description: 'Who or what answered, as far as it was heard.' }),
  correction: correction.nullable().meta({ description: 'What a person has said of it since.' }),
  transfers: z.array(transfer),
  recordingSha256: z.string().nullable(),
  recordingMs: z.int().nullable(),
  proof: z.string().nullable(),
});

/** What was said in a call, turn by turn; times in milliseconds since the answer. */
export const transcript = z
  .strictObject({
    turns: z.array(
      z.strictObject({
        speaker: z.enum(['agent', 'callee']),
        atMs: z.int(),
        untilMs: z.int(),
        text: z.string().meta({ description: 'Of the agent: what was heard before it was interrupted.' }),
        interrupted: z.boolean(),
        latency: z
          .strictObject({
            transcribedMs: z.int(),
            firstWordMs: z.int().nullable(),
            firstClauseMs: z.int(),
            firstAudioMs: z.int(),
            committedMs: z.int(),
            voiceToVoiceMs: z.int(),
            filledMs: z.int().nullable(),
          })
          .nullable()
          .meta({ description: "Of an answer: from the end of the callee's speech to each stage." }),
        passages: z
          .array(
            z.strictObject({
              id: serial,
              document: z.string().meta({ description: 'The name of the document.' }),
              heading: z.string(),
              text: z.string(),
            }),
          )
          .readonly()
          .meta({
            description: "Of an answer: what of the agent's documents it was given from, as it was then.",
          }),
      }),
    ),
  })
  .meta({ id: 'Transcript' });

/** What a call came to, read from its transcript after it; `analysedAt` is null while that is still to be done. */
export const analysis = z
  .strictObject({
    analysedAt: instant.nullable(),
    summary: z.string().nullable(),
    sentiment: shown(sentiment)
      .nullable()
      .meta({ description: 'How the callee felt; null: no line shows it.' }),
    disposition: shown(disposition)
      .nullable()
      .meta({ description: 'What the disposition of the call was refined to; null: it stayed as it was.' }),
    fields: z.array(
      z.strictObject({
        name: z.string(),
        source: z.enum(['agent', 'analysis']).meta({
          description: 'Written down by the agent in the call, or read from the transcript after it.',
        }),
        value: z
          .union([z.string(), z.number(), z.boolean()])
          .nullable()
          .meta({ description: 'Null: not said.' }),
        quote: z.string().nullable().meta({ description: 'The line of the callee that says so.' }),
      }),
    ),
  })
  .meta({ id: 'Analysis' });

/** A call that came in at a number of ours. */
export const inboundCall = z
  .strictObject({
    id: uuid,
    trunkId,
    number: e164.meta({ description: 'The one that was dialed, ours.' }),
    caller: e164.nullable().meta({ description: 'Null: no number is shown.' }),
    agentId: uuid.nullable().meta({ description: 'Who answers it; null: removed since.' }),
    state: z.enum(['ringing', 'answered', 'ended']),
    disposition: disposition.nullable(),
    arrivedAt: instant,
    answeredAt: instant.nullable(),
    endedAt: instant.nullable(),
    hasRecording: z.boolean(),
  })
  .meta({ id: 'InboundCall' });

/** The same with what was said. */
export const inboundCallDetail = z.strictObject({
  ...inboundCall.shape,
  ...transcript.shape,
  recordingSha256: z.string().nullable(),
  recordingMs: z.int().nullable(),
});

/** Query of the list of calls, newest first; `live` asks for those that go on (true) or have ended (false). */
export const callQuery = z.strictObject({
  ...pageQuery.shape,
  campaignId: uuid.optional(),
  leadId: serialText.optional(),
  number: e164.optional(),
  disposition: disposition.optional(),
  live: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
});
