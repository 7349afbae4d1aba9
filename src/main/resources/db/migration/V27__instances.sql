-- The instances of the registry that use this database: each says every few seconds that it is there, and takes its row with it
-- when it stops.
create table instance (
    id             uuid primary key,
    server         text,
    version        text not null,
    settings       jsonb not null,
    client_address inet default inet_client_addr(),
    started_at     timestamptz not null default now(),
    seen_at        timestamptz not null default now()
);

create view audit.instance as
select id, server, version, encode(sha256(convert_to(settings::text, 'UTF8')), 'hex') as settings_hash, started_at, seen_at,
       seen_at > now() - interval '30 seconds' as alive, client_address
from registry.instance;

comment on view audit.instance is 'One row an instance of the registry that runs, or did within the last day and ended without a word';
comment on column audit.instance.id is 'A random number, another one for each start';
comment on column audit.instance.server is 'The host name, where the environment tells it';
comment on column audit.instance.version is 'Of the registry, for example 0.1.0';
comment on column audit.instance.settings_hash is 'SHA-256 of the settings that are to be the same on all: addresses to listen on, host names, paths and secrets are left out';
comment on column audit.instance.started_at is 'When it started';
comment on column audit.instance.seen_at is 'When it said last that it is there, which it does every ten seconds';
comment on column audit.instance.alive is 'Whether that was within 30 seconds';
comment on column audit.instance.client_address is 'Its address, as the database sees it; null for the embedded database';

create view audit.instance_difference as
with living as (select id, server, settings from registry.instance where seen_at > now() - interval '30 seconds'),
     known as (select distinct jsonb_object_keys(settings) as key from living)
select known.key, living.id as instance, living.server, living.settings ->> known.key as value
from known cross join living
where (select count(distinct coalesce(settings ->> known.key, '')) from living) > 1;

comment on view audit.instance_difference is 'One row an instance that is alive and a setting that is not the same on all of them: none where all is well';
comment on column audit.instance_difference.key is 'For example tags.maxtags';
comment on column audit.instance_difference.instance is 'The id of audit.instance';
comment on column audit.instance_difference.server is 'Its host name, where the environment tells it';
comment on column audit.instance_difference.value is 'What the setting is there; null if that version does not know it';

do $$
begin
    if exists (select from pg_roles where rolname = 'registry_auditor') then
        grant select on audit.instance, audit.instance_difference to registry_auditor;
    end if;
end $$;
