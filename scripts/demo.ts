/**
 * `npm run demo`: two whole campaigns against a simulated carrier, over real SIP: reminders, from a CSV to their last
 * retry, and conversations with callees who talk, with the local models.
 * With `-- --check` it also holds each contact's attempts and outcome, what was agreed in the conversations, and the
 * carrier's own call records against what the far end was told to do, and exits 1 on any difference.
 */
import { pino } from 'pino';
import { checkDemo } from './demo/check.ts';
import { latestWords, readTalks, startConversations, whySilent } from './demo/conversations.ts';
import { startReminders } from './demo/reminders.ts';
import { talkReport } from './demo/report.ts';
import { type Lead, type Stats, outcomeTable, showProgress } from './demo/tables.ts';
import { startWorld, type World } from './world.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function runDemo(world: World): Promise<void> {
  const { api } = world;
  await api.call('POST', '/trunks', world.trunk);
  say('\n1. Reminders: an agent that speaks its greeting, and every way a call can end.');
  const reminders = await startReminders(world, say);
  await showProgress(api, reminders);
  const leads = await api.list<Lead>(`/campaigns/${reminders}/leads`);
  say(outcomeTable(leads, await api.call<Stats>('GET', `/campaigns/${reminders}/stats`)));

  say('\n2. Conversations: an agent that listens, thinks and answers, and callees who talk.');
  const conversations = await startConversations(world);
  if (conversations) await showProgress(api, conversations, async () => latestWords(world, conversations));
  const talks = conversations ? await readTalks(world, conversations) : [];
  say(conversations ? talkReport(talks) : await whySilent(world));

  if (process.argv.includes('--check')) {
    const faults = await checkDemo(world, { reminders: leads, talks });
    say(
      faults.length === 0
        ? '\nCheck passed: database, far end and expectations agree.'
        : `\nCheck FAILED:\n${faults.join('\n')}`,
    );
    if (faults.length > 0) process.exitCode = 1;
  }
  say('\nNext: `npm start` runs the service on your own trunk; the README shows how in five steps.');
}

const log = pino({ name: 'carillon', level: process.env['CARILLON_LOG'] ?? 'silent' });
const world = await startWorld({ say, log, env: {} });
const interrupted = Promise.withResolvers<'interrupted'>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => interrupted.resolve('interrupted'));
try {
  const demo = runDemo(world);
  demo.catch(() => undefined);
  const end = await Promise.race([demo, interrupted.promise]);
  if (end === 'interrupted') process.exitCode = 130;
} finally {
  await world.stop();
}
