import { type Kysely, sql } from 'kysely';
import { type Passage, passagesOf } from '../conversation/passages.ts';
import type { Database } from './database.ts';
import type { DB } from './generated.ts';
import { violates } from './changes.ts';
import { beyond, micros, type PageRequest, type TimePlace, toPage } from './page.ts';

/** How many documents an agent may have. */
export const MOST_DOCUMENTS = 100;

/** PostgreSQL's own search configurations, which know a language's endings and its words without a meaning. */
const configurations: Readonly<Record<string, string>> = {
  en: 'english',
  de: 'german',
  es: 'spanish',
  fr: 'french',
};
const configurationOf = (language: string): string => configurations[language.slice(0, 2)] ?? 'simple';

const columns = ['id', 'name', 'createdAt', 'changedAt'] as const;
const passageCount = sql<number>`(select count(*) from passages where document_id = documents.id)`.as(
  'passages',
);

/** Adds a document to an agent, or says why not. */
export async function insertDocument(
  db: Kysely<DB>,
  { agentId, name, text }: { agentId: string; name: string; text: string },
) {
  return unlessTaken(
    db.transaction().execute(async (tx) => {
      const agent = await lockAgent(tx, { agentId });
      if (!agent) return 'missing';
      const { held } = await tx
        .selectFrom('documents')
        .select(sql<number>`count(*)`.as('held'))
        .where('agentId', '=', agentId)
        .executeTakeFirstOrThrow();
      if (held >= MOST_DOCUMENTS) return 'full';
      const made = tx.insertInto('documents').values({ agentId, name, text });
      const { id } = await made.returning('id').executeTakeFirstOrThrow();
      await insertPassages(tx, { id, text, language: agent.language });
      return found(tx, { id, agentId });
    }),
  );
}

/** Replaces a document, or says why not. */
export async function replaceDocument(
  db: Kysely<DB>,
  { id, agentId, name, text }: { id: string; agentId: string; name: string; text: string },
) {
  return unlessTaken(
    db.transaction().execute(async (tx) => {
      const agent = await lockAgent(tx, { agentId });
      const { numUpdatedRows } = await tx
        .updateTable('documents')
        .set({ name, text, changedAt: sql<Date>`now()` })
        .where('id', '=', id)
        .where('agentId', '=', agentId)
        .executeTakeFirstOrThrow();
      if (!agent || numUpdatedRows === 0n) return 'missing';
      await tx.deleteFrom('passages').where('documentId', '=', id).execute();
      await insertPassages(tx, { id, text, language: agent.language });
      return found(tx, { id, agentId });
    }),
  );
}

/** The documents of an agent, newest first, without their text; undefined if there is no such agent. */
export async function listDocuments(
  db: Database,
  { agentId, limit, after }: PageRequest<TimePlace> & { agentId: string },
) {
  let listed = db
    .selectFrom('documents')
    .select([...columns, passageCount, micros('createdAt').as('place')])
    .where('agentId', '=', agentId);
  if (after !== undefined) listed = listed.where(beyond('createdAt', 'desc', after));
  const rows = await listed
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, ({ place, id }) => ({ at: place, id }));
}

/** A document of an agent with its text; undefined if there is none. */
export async function findDocument(db: Database, { id, agentId }: { id: string; agentId: string }) {
  return db
    .selectFrom('documents')
    .select([...columns, passageCount, 'text'])
    .where('id', '=', id)
    .where('agentId', '=', agentId)
    .executeTakeFirst();
}

/** Removes a document; returns whether it was there. What calls were answered from it stays with them. */
export async function deleteDocument(
  db: Database,
  { id, agentId }: { id: string; agentId: string },
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('documents')
    .where('id', '=', id)
    .where('agentId', '=', agentId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Reads an agent's passages anew in another language. */
export async function reindexDocuments(
  tx: Database,
  { agentId, language }: { agentId: string; language: string },
): Promise<void> {
  await tx
    .updateTable('passages')
    .from('documents')
    .set({ words: wordsOf(language, sql.ref('passages.heading'), sql.ref('passages.text')) })
    .whereRef('documents.id', '=', 'passages.documentId')
    .where('documents.agentId', '=', agentId)
    .execute();
}

/**
 * What an agent's documents say about what was said: at most two passages, the best first. Any of the words that carry
 * a meaning may be in a passage, in any of its forms, but a passage with fewer than a quarter of them has nothing to
 * do with it.
 */
export async function findPassages(
  db: Database,
  { agentId, language, said }: { agentId: string; language: string; said: string },
): Promise<Passage[]> {
  const configuration = configurationOf(language);
  const { rows } = await sql<Passage>`
    with asked as materialized (
      select tsvector_to_array(to_tsvector(${configuration}::regconfig, ${said})) as words,
        replace(plainto_tsquery(${configuration}::regconfig, ${said})::text, '&', '|')::tsquery as query
    )
    select passages.id, documents.name as document, passages.heading, passages.text
    from asked, passages join documents on documents.id = passages.document_id
    where documents.agent_id = ${agentId} and passages.words @@ asked.query
      and 4 * (select count(*) from unnest(asked.words) as word
        where word = any(tsvector_to_array(passages.words))) >= cardinality(asked.words)
    order by ts_rank_cd(passages.words, asked.query) desc, passages.id
    limit 2
  `.execute(db);
  return rows;
}

/** Its documents wait for one another, so that their number and their language are sure. */
async function lockAgent(tx: Database, { agentId }: { agentId: string }) {
  return tx
    .selectFrom('agents')
    .select('language')
    .where('id', '=', agentId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

async function insertPassages(
  tx: Database,
  { id, text: document, language }: { id: string; text: string; language: string },
): Promise<void> {
  const passages = passagesOf(document);
  if (passages.length === 0) return;
  const rows = passages.map(({ heading, text }) => ({
    documentId: id,
    heading,
    text,
    words: wordsOf(language, sql.val(heading), sql.val(text)),
  }));
  await tx.insertInto('passages').values(rows).execute();
}

/** A word in a heading weighs ten times one in the text. */
const wordsOf = (language: string, heading: ReturnType<typeof sql.ref>, text: ReturnType<typeof sql.ref>) =>
  sql<string>`setweight(to_tsvector(${configurationOf(language)}::regconfig, ${heading}), 'A')
    || to_tsvector(${configurationOf(language)}::regconfig, ${text})`;

async function found(tx: Database, place: { id: string; agentId: string }) {
  const document = await findDocument(tx, place);
  if (!document) throw new Error('A document that was just written is gone.');
  return document;
}

async function unlessTaken<Outcome>(work: Promise<Outcome>): Promise<Outcome | 'taken'> {
  return work.catch((error: unknown) => {
    if (violates(error, 'unique')) return 'taken';
    throw error;
  });
}
