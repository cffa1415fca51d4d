-- What a campaign wants to know, what each conversation brought, and whom agents may put callees through to.

alter table campaigns add column objective_fields jsonb not null default '[]';

-- What the agent's words made of an answered call; none of them is ever dialed again.
insert into dispositions (code, label, connected, final, counts, fault) values
  ('interested', 'Interested', true, true, true, 'nobody'),
  ('refused', 'Not interested', true, true, true, 'nobody'),
  ('callback_wanted', 'Wants a callback, no time agreed', true, true, true, 'nobody'),
  ('wrong_person', 'Wrong person', true, true, true, 'nobody');

create type sentiment as enum ('positive', 'neutral', 'negative');

-- A row for every call in which the callee said something; empty until its job is done.
create table analyses (
  call_id uuid primary key references attempts on delete cascade,
  analysed_at timestamptz,
  summary text,
  sentiment sentiment,
  sentiment_quote text,
  disposition text references dispositions,        -- what the attempt's was refined to; null: it stayed as it was
  disposition_quote text,
  check ((sentiment is null) = (sentiment_quote is null)),
  check ((disposition is null) = (disposition_quote is null))
);

create type field_source as enum ('agent', 'analysis');

-- The fields of the objective: written down by the agent in the call, and read from the transcript after it.
create table call_fields (
  call_id uuid not null references attempts on delete cascade,
  name text not null,
  source field_source not null,
  value jsonb,                                     -- null: not said
  quote text,                                      -- the callee's line that says so
  primary key (call_id, name, source),
  check ((value is null) = (quote is null))
);

alter table agents
  add column transfer_targets jsonb not null default '[]';

insert into dispositions (code, label, connected, final, counts, fault) values
  ('transferred', 'Put through to a colleague', true, true, true, 'nobody');

create type transfer_outcome as enum ('connected', 'busy', 'no_answer', 'failed', 'abandoned');

-- Calls to the team's own people, to put a callee through; each takes a channel and a slot of its call's trunk (I7).
create table transfers (
  id uuid primary key,
  call_id uuid not null references attempts on delete cascade,
  trunk_id text not null references trunks,
  target text not null,                            -- its id in the agent's list
  number text not null,
  dial_at timestamptz not null,
  ended_at timestamptz,
  outcome transfer_outcome,
  check ((ended_at is null) = (outcome is null))
);
create index transfers_of_call on transfers (call_id);
create index transfers_live_of_trunk on transfers (trunk_id) where ended_at is null;
