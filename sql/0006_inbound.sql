-- Calls that come in: which agent answers which number of a trunk, and what became of each call. They are no attempts
-- of ours: no cap and no gap counts them (I8).

create table inbound_numbers (
  trunk_id text not null references trunks on delete cascade,
  number text not null check (number ~ '^\+[1-9][0-9]{6,14}$'),
  agent_id uuid not null references agents,
  primary key (trunk_id, number)
);
create index inbound_numbers_of_agent on inbound_numbers (agent_id);

create table inbound_calls (
  id uuid primary key,
  trunk_id text not null references trunks,
  pbx text not null,                    -- which Asterisk has it
  number text not null,                 -- ours
  caller text,                          -- theirs; null where none is shown
  agent_id uuid references agents on delete set null,
  talks boolean not null,               -- whether it takes one of the machine's conversations (I11)
  arrived_at timestamptz not null default clock_timestamp(),
  answered_at timestamptz,
  ended_at timestamptz,
  disposition text references dispositions,
  evidence jsonb,
  turns jsonb not null default '[]',
  recording text,                       -- path below the recordings folder
  recording_sha256 bytea,
  recording_ms integer,
  check ((ended_at is null) = (disposition is null)),
  check ((recording is null) = (recording_sha256 is null))     -- I12
);
create index inbound_calls_live on inbound_calls (pbx) where ended_at is null;
create index inbound_calls_live_of_trunk on inbound_calls (trunk_id) where ended_at is null;
create index inbound_calls_by_age on inbound_calls (arrived_at, id);
