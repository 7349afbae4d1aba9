-- A run that somebody asked for, until it has come to its end: whoever finds it cut off goes on with it. And where a run that was
-- cut off had come to.
alter table job_lease add column requested_at timestamptz, add column cursor text;

create or replace view audit.job as
select job, held_until is not null and held_until > now() as running, due_at, held_until, requested_at
from registry.job_lease;
comment on column audit.job.requested_at is
    'When a command asked for a run that has not come to its end yet; if the command is cut off, an instance goes on with it. Null for none';
