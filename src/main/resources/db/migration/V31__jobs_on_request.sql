-- When a command asked for a run that has not come to its end: if it is cut off, an instance goes on with it, from where it was.
alter table job_lease add column requested_at timestamptz, add column cursor text;

create or replace view audit.job as
select job, held_until is not null and held_until > now() as running, due_at, held_until, requested_at
from registry.job_lease;
comment on column audit.job.requested_at is
    'When a command asked for a run that has not come to its end yet; if the command is cut off, an instance goes on with it. Null for none';
