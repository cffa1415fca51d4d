import type { SpokenTurn } from '../../src/conversation/transcript.ts';
import { preparePiper } from '../../src/native/piper.ts';
import { readiness } from '../../src/protocol/readiness.ts';
import { startPiper } from '../../src/speech/piper.ts';
import { letSay } from '../callee.ts';
import type { World } from '../world.ts';
import { type Callee, callees, practice } from './callees.ts';
import { demoCampaign } from './reminders.ts';
import type { Lead } from './tables.ts';

/** What became of the call to a callee. */
export interface Talk {
  readonly callee: Callee;
  readonly lead: Lead;
  /** When it was decided to ring them. */
  readonly calledAt: string;
  readonly turns: readonly SpokenTurn[];
}

/**
 * Starts a campaign whose agent holds conversations, with callees who talk. Null where the engines for that are not
 * there.
 */
export async function startConversations(world: World): Promise<string | null> {
  const { api } = world;
  const agent = await api.call<{ id: string; talks: boolean }>('POST', '/agents', {
    name: 'Anna',
    persona: 'You are the friendly assistant of Harbour Dental.',
    disclosure: 'I am the AI assistant of Harbour Dental.',
    greeting:
      'Hello {{first_name|there}}, this is Anna. I am the AI assistant of Harbour Dental. Does your appointment on Tuesday at ten still suit you?',
    objective: 'Ask whether the appointment on Tuesday at ten still suits the person.',
    // longer than any of the callees waits
    noInputSeconds: 10,
    maxCallSeconds: 120,
  });
  if (!agent.talks) return null;
  await api.call('POST', `/agents/${agent.id}/documents`, { name: 'practice.md', text: practice });
  await giveVoices(world);
  const campaign = await api.call<{ id: string }>('POST', '/campaigns', {
    ...demoCampaign,
    name: 'Appointments, talked over',
    agentId: agent.id,
  });
  for (const { firstName, lastName, number } of callees) {
    const contact = { firstName, lastName, numbers: [number] };
    await api.call('POST', `/campaigns/${campaign.id}/leads`, { contact });
  }
  await api.call('POST', `/campaigns/${campaign.id}/start`);
  return campaign.id;
}

async function giveVoices({ farEnd }: World): Promise<void> {
  const piper = await startPiper(await preparePiper(() => undefined), 1);
  try {
    for (const callee of callees) await letSay(farEnd, piper, callee);
  } finally {
    await piper.close();
  }
}

/** What was said in the last two calls, a line a turn. */
export async function latestWords({ api }: World, campaignId: string): Promise<string[]> {
  const { items } = await api.call<{ items: { id: string; number: string }[] }>(
    'GET',
    `/calls?campaignId=${campaignId}&limit=2`,
  );
  const lines: string[] = [];
  for (const { id, number } of items.toReversed()) {
    const name = callees.find((callee) => callee.number === number)?.firstName;
    const { turns } = await api.call<{ turns: SpokenTurn[] }>('GET', `/calls/${id}/transcript`);
    for (const { speaker, text } of turns)
      lines.push(`  ${speaker === 'agent' ? `Anna to ${name}` : name}: ${text}`);
  }
  return lines;
}

/** What became of each callee's call, in the order of the table of callees; those who were not rung are left out. */
export async function readTalks({ api }: World, campaignId: string): Promise<Talk[]> {
  const leads = await api.list<Lead>(`/campaigns/${campaignId}/leads`);
  const calls = await api.list<{ id: string; number: string; reservedAt: string }>(
    `/calls?campaignId=${campaignId}`,
  );
  const talks: Talk[] = [];
  for (const callee of callees) {
    const lead = leads.find(({ number }) => number === callee.number);
    const call = calls.find(({ number }) => number === callee.number);
    if (!lead || !call) continue;
    const { turns } = await api.call<{ turns: SpokenTurn[] }>('GET', `/calls/${call.id}/transcript`);
    talks.push({ callee, lead, turns, calledAt: call.reservedAt });
  }
  return talks;
}

/** What keeps the agent from talking, and what to do about it. */
export async function whySilent({ service }: World): Promise<string> {
  const answer = await fetch(`${service.url}/readyz`);
  const { parts } = readiness.parse(await answer.json());
  const missing = parts.flatMap(({ name, problem, remedy }) =>
    // all that was tried to get it stands above
    problem === null ? [] : [`    ${name}: ${problem.split(/(?<=\.)\s/)[0]} (${remedy})`],
  );
  return missing.length === 0
    ? '  There are none: CARILLON_TALK is off.'
    : ['  There are none, since not all models can be had:', ...missing].join('\n');
}
