-- The first campaign: agents and contacts, trunks, campaigns with their leads, attempts and calls, and their proof.
-- I1, I8, … name the invariants in src/README.md.

create type campaign_state as enum ('draft', 'active', 'paused', 'completed', 'cancelled');
create type lead_state as enum ('waiting', 'calling', 'done');
create type attempt_state as enum ('reserved', 'dialing', 'ringing', 'answered', 'ended');
create type fault as enum ('callee', 'carrier', 'us', 'nobody');
create type transport as enum ('udp', 'tcp', 'tls');
create type decision_verdict as enum ('dial', 'hold', 'refuse');
create type dnc_source as enum ('operator', 'callee', 'import');
create type import_state as enum ('reading', 'staged', 'committed', 'failed');
create type import_verdict as enum ('accepted', 'duplicate', 'invalid', 'dnc');

create table agents (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  persona text not null default '',
  greeting text not null,
  voicemail_message text not null default '',      -- empty: hang up on a machine
  voice text not null default 'en_US-joe-medium',
  language text not null default 'en',
  speaking_rate real not null default 1 check (speaking_rate between 0.5 and 2),
  max_call_s integer not null default 300 check (max_call_s between 10 and 7200),
  created_at timestamptz not null default now()
);

create table contacts (
  id uuid primary key default gen_random_uuid(),
  first_name text,
  last_name text,
  email text,
  company text,
  title text,
  timezone text,
  custom jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index contacts_by_age on contacts (created_at, id);

create table contact_numbers (
  number text primary key check (number ~ '^\+[1-9][0-9]{6,14}$'),
  contact_id uuid not null references contacts on delete cascade,
  rank smallint not null default 0
);
create index contact_numbers_of_contact on contact_numbers (contact_id, rank);

-- A null campaign means: everywhere.
create table dnc (
  id bigint generated always as identity primary key,
  number text not null check (number ~ '^\+[1-9][0-9]{6,14}$'),
  campaign_id uuid,
  source dnc_source not null,
  reason text not null default '',
  created_at timestamptz not null default now()
);
create unique index dnc_once on dnc (number, campaign_id) nulls not distinct;

create table trunks (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  name text not null,
  host text not null,
  port integer not null default 5060 check (port between 1 and 65535),
  transport transport not null default 'udp',
  username text,
  password bytea,                 -- sealed with the service's secret key
  registers boolean not null default false,
  caller_ids text[] not null check (cardinality(caller_ids) > 0),
  allowed_prefixes text[] not null default '{}',   -- E.164 prefixes; empty: nothing may be dialed
  channels integer not null check (channels > 0),
  calls_per_second real not null check (calls_per_second > 0),
  cost_per_minute numeric(12, 6) not null default 0 check (cost_per_minute >= 0),
  billing_minimum_s integer not null default 1 check (billing_minimum_s >= 0),
  billing_increment_s integer not null default 1 check (billing_increment_s > 0),
  paused_because text,
  next_slot_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);

-- What an attempt can mean. `final`: the lead is never dialed again (I9). `counts`: the attempt counts against the
-- lead's caps and the minimum gap (I8). `connected`: a person or machine took the call and heard the agent.
create table dispositions (
  code text primary key,
  label text not null,
  connected boolean not null,
  final boolean not null,
  counts boolean not null,
  fault fault not null
);
insert into dispositions (code, label, connected, final, counts, fault) values
  ('answered', 'Answered', true, true, true, 'nobody'),
  ('voicemail', 'Voicemail or another machine', false, false, true, 'callee'),
  ('no_answer', 'No answer', false, false, true, 'callee'),
  ('busy', 'Busy', false, false, true, 'callee'),
  ('rejected', 'Rejected', false, false, true, 'callee'),
  ('hung_up_early', 'Hung up early', false, false, true, 'callee'),
  ('no_audio', 'No audio', false, false, true, 'carrier'),
  ('fax', 'Fax or modem', false, true, true, 'callee'),
  ('invalid_number', 'Invalid number', false, true, true, 'callee'),
  ('network_error', 'Network error', false, false, true, 'carrier'),
  ('blocked', 'Blocked by the network', false, false, true, 'carrier'),
  ('trunk_fault', 'Trunk refused us', false, false, false, 'us'),
  ('dnc_request', 'Asked not to be called', true, true, true, 'callee'),
  ('dnc_listed', 'On the do-not-call list', false, true, false, 'nobody'),
  ('not_allowed', 'Destination not allowed', false, true, false, 'us'),
  ('cancelled', 'Cancelled by us', false, false, true, 'us'),
  ('not_placed', 'Never placed', false, false, false, 'us'),
  ('lost_app', 'Lost: the service failed', false, false, true, 'us'),
  ('lost_pbx', 'Lost: the PBX failed', false, false, true, 'us');

create table campaigns (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  description text not null default '',
  objective text not null default '',
  agent_id uuid references agents,
  trunk_id text references trunks,
  caller_id text,
  state campaign_state not null default 'draft',
  paused_because text[] not null default '{}',
  windows jsonb not null,
  retry jsonb not null,
  max_concurrent integer not null default 1 check (max_concurrent > 0),
  max_attempts integer not null default 8 check (max_attempts > 0),
  min_gap_s integer not null default 300 check (min_gap_s >= 0),
  max_per_day integer check (max_per_day > 0),    -- any 24 hours
  ring_timeout_s integer not null default 30 check (ring_timeout_s between 15 and 120),
  decision_head bytea not null default '\x',
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz
);
create index campaigns_active on campaigns (id) where state = 'active';

create table leads (
  id bigint generated always as identity primary key,
  campaign_id uuid not null references campaigns on delete cascade,
  contact_id uuid not null references contacts on delete cascade,
  number text not null,
  state lead_state not null default 'waiting',
  next_at timestamptz default now(),              -- null once done
  attempts integer not null default 0,            -- those that count
  outcomes jsonb not null default '{}',           -- disposition → how often
  disposition text references dispositions,       -- of the last attempt, or why there was none
  unique (campaign_id, number)
);
create index leads_due on leads (campaign_id, next_at) where state = 'waiting';
create index leads_of_contact on leads (contact_id);
create index leads_open on leads (campaign_id) where state <> 'done';

create table attempts (
  id uuid primary key,
  lead_id bigint not null references leads on delete cascade,
  campaign_id uuid not null references campaigns on delete cascade,
  trunk_id text not null references trunks,
  pbx text not null,                    -- which Asterisk places it
  number text not null,
  caller_id text not null,
  state attempt_state not null default 'reserved',
  reserved_at timestamptz not null default clock_timestamp(),
  dial_at timestamptz not null,
  ended_at timestamptz,
  disposition text references dispositions,
  check ((state = 'ended') = (ended_at is not null and disposition is not null))
);
create unique index attempts_one_live_per_number on attempts (number) where ended_at is null;  -- I1
create index attempts_live_of_campaign on attempts (campaign_id) where ended_at is null;
create index attempts_live_of_trunk on attempts (trunk_id) where ended_at is null;
create index attempts_of_number on attempts (number, reserved_at desc);                         -- I8
create index attempts_of_lead on attempts (lead_id, reserved_at);
create index attempts_of_campaign on attempts (campaign_id, reserved_at, id);
create index attempts_by_age on attempts (reserved_at, id);

create table calls (
  id uuid primary key references attempts on delete cascade,   -- also the channel's id on the PBX
  sip_call_id text,
  dialed_at timestamptz not null,
  ringing_at timestamptz,
  progress_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz not null,
  sip_code smallint,
  q850 smallint,
  evidence jsonb not null,
  billed_s integer not null default 0,
  cost numeric(12, 6) not null default 0,
  greeting_heard boolean not null default false,
  recording text,                       -- path below the recordings folder
  recording_sha256 bytea,
  recording_ms integer,
  check ((recording is null) = (recording_sha256 is null))     -- I12
);

-- I13: append-only, one hash chain per campaign: hash = sha256(previous hash || proof).
create table decisions (
  id bigint generated always as identity primary key,
  campaign_id uuid not null,
  lead_id bigint not null,
  attempt_id uuid,
  verdict decision_verdict not null,
  at timestamptz not null,
  proof text not null,
  hash bytea not null
);
create index decisions_of_campaign on decisions (campaign_id, id);
create index decisions_of_attempt on decisions (attempt_id) where attempt_id is not null;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end $$;
create trigger decisions_append_only before update or delete or truncate on decisions
  execute function refuse_change();

-- I14: one dialer per PBX; `epoch` fences off a dialer that lost its lease.
create table leases (
  pbx text primary key,
  holder uuid not null,
  epoch bigint not null default 1,
  expires_at timestamptz not null
);

create table api_keys (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  sha256 bytea not null unique,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create table imports (
  id uuid primary key default gen_random_uuid(),
  file_name text not null,
  state import_state not null default 'reading',
  mapping jsonb not null default '{}',
  default_country text,
  counts jsonb not null default '{}',
  problem text,
  created_at timestamptz not null default now(),
  committed_at timestamptz
);

create table import_rows (
  import_id uuid not null references imports on delete cascade,
  row_number integer not null,
  verdict import_verdict not null,
  reason text,
  number text,
  contact jsonb,
  raw jsonb not null,
  primary key (import_id, row_number)
);
create index import_rows_by_verdict on import_rows (import_id, verdict, row_number);
