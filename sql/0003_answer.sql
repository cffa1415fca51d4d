-- What people say of verdicts on who or what answered, and what each trunk takes for a person's voice.

create type answer_class as enum (
  'human', 'voicemail', 'mailbox_full', 'call_screening', 'ivr', 'fax_modem', 'sit_intercept', 'sit_vacant',
  'sit_reorder', 'sit_no_circuit', 'ringback_after_answer', 'busy_after_answer', 'silence', 'unknown'
);

-- The last correction of a call stands.
create table verdict_corrections (
  call_id uuid primary key references calls on delete cascade,
  class answer_class not null,
  corrected_by text not null,
  corrected_at timestamptz not null default now()
);
create index verdict_corrections_by_age on verdict_corrections (corrected_at, call_id);

alter table trunks add column answer_thresholds jsonb;   -- null: the classifier's own
