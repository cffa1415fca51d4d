-- The conversation: what an agent is told and may do, and what was said in each call.

alter table agents
  add column talks boolean not null default true,        -- false: it speaks its greeting, hears the callee out, and ends
  add column objective text not null default '',         -- a template; empty: the campaign's objective
  add column disclosure text not null default '',        -- a sentence that says that an AI calls, and for whom
  add column no_input_s real not null default 7 check (no_input_s between 2 and 60),
  add column tools text[] not null default '{end_call,schedule_callback}';

insert into dispositions (code, label, connected, final, counts, fault) values
  ('callback', 'Callback promised', true, false, true, 'nobody');

create type speaker as enum ('agent', 'callee');

create table turns (
  call_id uuid not null references attempts on delete cascade,
  n smallint not null,
  speaker speaker not null,
  at_ms integer not null,                -- since the answer
  until_ms integer not null,
  text text not null,                    -- of the agent: what was heard
  interrupted boolean not null default false,
  latency jsonb,                         -- of an agent's answer, milliseconds since the callee's last sound
  primary key (call_id, n)
);
