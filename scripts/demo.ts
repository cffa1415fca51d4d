/**
 * `npm run demo`: a whole campaign against a simulated carrier, from a CSV to its last retry, over real SIP.
 * With `-- --check` it also holds each contact's attempts and outcome, and the carrier's own call records, against
 * what the far end was told to do, and exits 1 on any difference.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { checkDemo } from './demo/check.ts';
import { demoRetry } from './demo/expectations.ts';
import { type Lead, type Stats, outcomeTable, showProgress } from './demo/tables.ts';
import { startWorld, type World } from './world.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const CONCURRENT = 12;
const always = {
  weekly: Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [{ from: 0, to: 1440 }]]),
  ),
  holidays: [],
};

async function runCampaign({ api, trunk }: World): Promise<string> {
  await api.call('POST', '/trunks', trunk);
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
    name: 'Appointment reminders',
    objective: 'Confirm the appointment',
    agentId: agent.id,
    trunkId: 'far-end',
    windows: always,
    retry: demoRetry,
    maxConcurrent: CONCURRENT,
    minGapSeconds: 0,
    ringTimeoutSeconds: 15,
  });

  const form = new FormData();
  form.set('defaultCountry', 'GB');
  form.set(
    'file',
    new Blob([await readFile(join(import.meta.dirname, 'demo', 'contacts.csv'))]),
    'contacts.csv',
  );
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

const check = process.argv.includes('--check');
const log = pino({ name: 'carillon', level: process.env['CARILLON_LOG'] ?? 'silent' });
const world = await startWorld({ say, log, env: { CARILLON_TALK: 'off' } });
const interrupted = Promise.withResolvers<'interrupted'>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => interrupted.resolve('interrupted'));
try {
  const campaignId = await runCampaign(world);
  const end = await Promise.race([showProgress(world.api, campaignId), interrupted.promise]);
  if (end === 'interrupted') process.exitCode = 130;
  else {
    const leads = await world.api.list<Lead>(`/campaigns/${campaignId}/leads`);
    const stats = await world.api.call<Stats>('GET', `/campaigns/${campaignId}/stats`);
    say(outcomeTable(leads, stats));
    if (check) {
      const faults = await checkDemo(world, campaignId, leads);
      say(
        faults.length === 0
          ? 'Check passed: database, far end and expectations agree.'
          : `Check FAILED:\n${faults.join('\n')}`,
      );
      if (faults.length > 0) process.exitCode = 1;
    }
    say('\nNext: `npm start` runs the service on your own trunk; the README shows how in five steps.');
  }
} finally {
  await world.stop();
}
