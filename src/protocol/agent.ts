import { z } from 'zod';
import { defaultTools, toolNames, transferTargets } from '../conversation/tools.ts';
import { templateFaults } from '../conversation/template.ts';
import { instant, line, patchOf, prose, uuid } from './values.ts';

/** Text with the contact's fields in it. */
const template = z
  .string()
  .trim()
  .max(2000)
  .superRefine((text, context) => {
    for (const message of templateFaults(text)) context.addIssue({ code: 'custom', message });
  });

const fields = {
  name: line,
  persona: prose,
  greeting: template.min(1, { error: 'An agent needs a greeting: the first thing a callee hears.' }),
  voicemailMessage: template.meta({
    description: 'Left after the beep; empty: the agent hangs up on a machine.',
  }),
  voice: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,80}$/, { error: 'Expected a voice such as en_US-joe-medium.' })
    .meta({ description: 'One of the voices that are there; the standard one when none is named.' }),
  language: z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/, { error: 'Expected a language such as en or en-GB.' }),
  speakingRate: z.number().min(0.5).max(2),
  maxCallSeconds: z.int().min(10).max(7200),
  talks: z.boolean().meta({
    description:
      'Whether it holds a conversation. If not, it speaks its greeting, hears the callee out, and ends the call. ' +
      'A new agent talks where the engines for it are there.',
  }),
  objective: prose.meta({ description: "A template; empty: the campaign's objective." }),
  disclosure: z.string().trim().max(300).meta({
    description: 'A sentence that says that an AI calls, and for whom; spoken before the greeting.',
  }),
  recordingNotice: z
    .string()
    .trim()
    .max(300)
    .meta({
      description:
        'A sentence that says that the call is recorded; spoken before all else. Empty: the callee is not told. ' +
        "A new agent says it in its language, where that is one of Carillon's, else in English.",
    }),
  noInputSeconds: z
    .number()
    .min(2)
    .max(60)
    .meta({ description: 'How long a silent callee is waited for before the agent asks, and once more.' }),
  tools: z.array(z.enum(toolNames)).max(toolNames.length).meta({
    description: 'What it may do besides talking; whatever else its model asks for is not done.',
  }),
  transferTargets: transferTargets.meta({
    description:
      'To whom it may put callees through with the tool transfer; their trunk must be allowed to ring them.',
  }),
};

/** Body that creates an agent; `greeting` is a template with the contact's fields. */
export const agentCreate = z.strictObject({
  ...fields,
  persona: fields.persona.default(''),
  voicemailMessage: fields.voicemailMessage.default(''),
  voice: fields.voice.optional(),
  language: fields.language.default('en'),
  speakingRate: fields.speakingRate.default(1),
  maxCallSeconds: fields.maxCallSeconds.default(300),
  talks: fields.talks.optional(),
  objective: fields.objective.default(''),
  disclosure: fields.disclosure.default(''),
  recordingNotice: fields.recordingNotice.optional(),
  noInputSeconds: fields.noInputSeconds.default(7),
  tools: fields.tools.default([...defaultTools]),
  transferTargets: fields.transferTargets.default([]),
});

/** Body that changes the named fields of an agent. */
export const agentPatch = patchOf(fields);

/** An agent: the AI that talks. */
export const agent = z.strictObject({ id: uuid, ...fields, createdAt: instant }).meta({ id: 'Agent' });
