import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alwaysOpen } from '../../src/schedule/windows.ts';
import type { World } from '../world.ts';
import { demoRetry } from './expectations.ts';

/** How many calls at once, of all that the demo places. */
export const CONCURRENT = 12;

/** What both campaigns of the demo have in common. */
export const demoCampaign = {
  trunkId: 'far-end',
  windows: alwaysOpen,
  retry: demoRetry,
  maxConcurrent: CONCURRENT,
  minGapSeconds: 0,
  ringTimeoutSeconds: 15,
};

/** Starts a campaign whose agent only speaks its greeting, on a list that covers every way a call can end. */
export async function startReminders({ api }: World, say: (line: string) => void): Promise<string> {
  await api.call('POST', '/dnc', { number: '+441134960901', reason: 'Asked in writing' });
  const agent = await api.call<{ id: string }>('POST', '/agents', {
    name: 'Anna',
    talks: false,
    persona: 'You are Anna, the friendly assistant of Harbour Dental.',
    voicemailMessage:
      'Hello {{first_name|}}, this is Anna, the AI assistant of Harbour Dental, about your appointment. Please call us back. Thank you.',
    greeting:
      'Hello {{first_name|there}}, this is Anna, the AI assistant of Harbour Dental. I am calling about your appointment on {{Appointment|your next visit}}. Please say yes if that still suits you.',
  });
  const campaign = await api.call<{ id: string }>('POST', '/campaigns', {
    ...demoCampaign,
    name: 'Appointment reminders',
    objective: 'Confirm the appointment',
    agentId: agent.id,
  });

  const form = new FormData();
  form.set('defaultCountry', 'GB');
  form.set('file', new Blob([await readFile(join(import.meta.dirname, 'contacts.csv'))]), 'contacts.csv');
  const preview = await api.call<{ id: string; counts: Record<string, number> }>(
    'POST',
    '/contacts/import',
    form,
  );
  say(
    `Imported contacts.csv: ${Object.entries(preview.counts)
      .map(([verdict, count]) => `${count} ${verdict}`)
      .join(', ')}`,
  );
  await api.call('POST', `/contacts/import/${preview.id}/commit`, { campaignId: campaign.id });
  await api.call('POST', `/campaigns/${campaign.id}/start`);
  return campaign.id;
}
