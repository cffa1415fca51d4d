-- What agents know: documents cut into passages, found per turn by full-text search.

create table documents (
  id uuid primary key default gen_random_uuid(),
  agent_id uuid not null references agents on delete cascade,
  name text not null,
  text text not null,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  unique (agent_id, name)
);

create table passages (
  id bigint generated always as identity primary key,
  document_id uuid not null references documents on delete cascade,
  heading text not null,
  text text not null,
  words tsvector not null                -- by the search configuration of the agent's language
);
create index passages_by_words on passages using gin (words);
create index passages_of_document on passages (document_id);

-- What of the documents an answer was given from, as it was then.
alter table turns add column passages jsonb not null default '[]';
