import type { ToolName, TransferTarget } from '../conversation/tools.ts';
import type { Connection, Database } from './database.ts';
import type { Changes } from './changes.ts';
import { violates } from './changes.ts';
import { reindexDocuments } from './documents.ts';
import { beyond, micros, type PageRequest, type TimePlace, toPage } from './page.ts';

/** What an agent is made of. */
export interface AgentFields {
  readonly name: string;
  readonly persona: string;
  readonly greeting: string;
  readonly voicemailMessage: string;
  readonly voice: string;
  readonly language: string;
  readonly speakingRate: number;
  readonly maxCallSeconds: number;
  /** Whether it holds a conversation; else it speaks its greeting, hears the callee out, and ends the call. */
  readonly talks: boolean;
  readonly objective: string;
  readonly disclosure: string;
  readonly recordingNotice: string;
  readonly noInputSeconds: number;
  readonly tools: readonly ToolName[];
  readonly transferTargets: readonly TransferTarget[];
}

const columns = [
  'id',
  'name',
  'persona',
  'greeting',
  'voicemailMessage',
  'voice',
  'language',
  'speakingRate',
  'maxCallS as maxCallSeconds',
  'talks',
  'objective',
  'disclosure',
  'recordingNotice',
  'noInputS as noInputSeconds',
  'tools',
  'transferTargets',
  'createdAt',
] as const;

/** Adds an agent. */
export async function insertAgent(
  db: Database,
  { maxCallSeconds, noInputSeconds, tools, transferTargets, ...agent }: AgentFields,
) {
  return db
    .insertInto('agents')
    .values({
      ...agent,
      maxCallS: maxCallSeconds,
      noInputS: noInputSeconds,
      tools: [...tools],
      transferTargets: JSON.stringify(transferTargets),
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** The agents, newest first. */
export async function listAgents(db: Database, { limit, after }: PageRequest<TimePlace>) {
  let found = db.selectFrom('agents').select([...columns, micros('createdAt').as('place')]);
  if (after !== undefined) found = found.where(beyond('createdAt', 'desc', after));
  const rows = await found
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ place, id }) => ({ at: place, id }));
}

/** The agent, undefined if there is none. */
export async function findAgent(db: Database, { id }: { id: string }) {
  return db.selectFrom('agents').select(columns).where('id', '=', id).executeTakeFirst();
}

/** Changes the fields that are given; undefined if there is no such agent. */
export async function updateAgent(
  db: Connection,
  { id, change }: { id: string; change: Changes<AgentFields> },
) {
  const { maxCallSeconds, noInputSeconds, tools, transferTargets, ...rest } = change;
  return db.transaction().execute(async (tx) => {
    const changed = await tx
      .updateTable('agents')
      .set({
        ...rest,
        maxCallS: maxCallSeconds,
        noInputS: noInputSeconds,
        ...(tools && { tools: [...tools] }),
        transferTargets: transferTargets && JSON.stringify(transferTargets),
      })
      .where('id', '=', id)
      .returning(columns)
      .executeTakeFirst();
    if (change.language) await reindexDocuments(tx, { agentId: id, language: change.language });
    return changed;
  });
}

/** Removes an agent that no campaign has and that answers no number. */
export async function deleteAgent(
  db: Database,
  { id }: { id: string },
): Promise<'deleted' | 'missing' | 'in_use'> {
  try {
    const { numDeletedRows } = await db.deleteFrom('agents').where('id', '=', id).executeTakeFirstOrThrow();
    return numDeletedRows > 0n ? 'deleted' : 'missing';
  } catch (error) {
    if (violates(error, 'foreign_key')) return 'in_use';
    throw error;
  }
}
