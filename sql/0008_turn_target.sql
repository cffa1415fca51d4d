-- How soon the agent's answers shall come, 95 of 100 of them; while they come later, fewer are dialed at once.

alter table campaigns
  add column turn_target_ms integer not null default 2500 check (turn_target_ms between 500 and 10000);
