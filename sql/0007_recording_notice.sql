-- Calls are recorded, and whoever is called is told so first; empty: they are not told.

alter table agents add column recording_notice text not null default '';

-- Agents that are there already tell it in their language from now on.
update agents set recording_notice = case left(language, 2)
  when 'de' then 'Dieser Anruf wird aufgezeichnet.'
  when 'es' then 'Esta llamada se está grabando.'
  when 'fr' then 'Cet appel est enregistré.'
  else 'This call is recorded.'
end;
