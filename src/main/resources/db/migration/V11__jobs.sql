-- Work in the background is done by one instance at a time, whichever has the row of the job. Who holds it says so again
-- and again; when that ends, however it ends, another takes it.
create table job_lease (
    job        varchar(64) collate "C" primary key,
    holder     uuid,
    held_until timestamptz,
    due_at     timestamptz not null,
    check ((holder is null) = (held_until is null))
);

create table job_run (
    id             bigint generated always as identity primary key,
    job            varchar(64) collate "C" not null,
    began_at       timestamptz not null default now(),
    ended_at       timestamptz,
    outcome        varchar(16) check (outcome in ('done', 'failed', 'stopped', 'lost')),
    progress       text,
    result         text,
    client_address inet default inet_client_addr(),
    check ((ended_at is null) = (outcome is null))
);
create index job_run_by_job on job_run (job, id);

create view audit.job_run as
select id, job, began_at, ended_at, outcome, progress, result, client_address
from registry.job_run;

comment on view audit.job_run is 'The latest 1,000 runs of each job in the background';
comment on column audit.job_run.job is 'For example upload-purge';
comment on column audit.job_run.ended_at is 'Null while it runs, and after a crash until the job is run again';
comment on column audit.job_run.outcome is
    'done; failed; stopped with the server, to be gone on with; lost with the process that ran it; null while it runs';
comment on column audit.job_run.progress is 'How far it has come, for people';
comment on column audit.job_run.result is 'What it did, or why it failed, for people';
comment on column audit.job_run.client_address is 'Of the instance that ran it, as the database sees it; null for the embedded database';

do $$
begin
    if exists (select from pg_roles where rolname = 'registry_auditor') then
        grant select on audit.job_run to registry_auditor;
    end if;
end $$;
