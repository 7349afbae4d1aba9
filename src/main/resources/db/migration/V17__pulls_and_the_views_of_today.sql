-- How often what was pulled: an instance adds up, and writes every ten seconds. No tag: by its digest; no actor: not asked.
create table pull (
    repository varchar(255) collate "C" not null,
    digest     varchar(135) collate "C" not null,
    tag        varchar(128) collate "C" not null default '',
    actor      text not null default '',
    day        date not null,
    pulls      bigint not null,
    last_at    timestamptz not null,
    primary key (repository, digest, day, tag, actor)
);
create index pull_by_day on pull (day);

-- Since when pulls are recorded: what was pulled before is not known.
create table pull_recording (
    since timestamptz primary key default now()
);
insert into pull_recording default values;

create view audit.pull_daily as
select day, repository, digest, nullif(tag, '')::varchar(128) as tag, nullif(actor, '') as actor, pulls, last_at
from registry.pull;
comment on view audit.pull_daily is
    'One row for each manifest, tag, actor and day with pulls: how many GETs were answered with 200; written every 10 s';
comment on column audit.pull_daily.day is 'In UTC, for example 2026-11-30';
comment on column audit.pull_daily.tag is 'By which tag; null when it was pulled by its digest, as most clients do after they asked what a tag names';
comment on column audit.pull_daily.actor is 'Who was authenticated; null when nobody was asked';
comment on column audit.pull_daily.pulls is 'How many; what an instance had not written when it was killed is not among them';
comment on column audit.pull_daily.last_at is 'When the last of them was answered, by the clock of the instance';

create view audit.tag as
select r.name as repository, t.name as tag, m.digest, m.media_type, t.moved_at as since
from registry.tag t join registry.repository r on r.id = t.repository_id join registry.manifest m on m.id = t.manifest_id;
comment on view audit.tag is 'One row a tag that is there: what it names now';
comment on column audit.tag.since is 'When it was moved there, or put again; for one of an adopted tree, the time of its link file';

create view audit.tag_move as
select e.id, occurred_at, repository, tag, previous_digest, digest, actor, client_address, c.user_agent,
       request_id::text as request_id, auth_method
from registry.event e left join registry.client c on c.id = e.client
where tag is not null and action in ('manifest.push', 'tag.restore') and previous_digest <> digest;
comment on view audit.tag_move is 'One row each time that a tag was made to name another manifest than before';
comment on column audit.tag_move.previous_digest is 'What it named until then';
comment on column audit.tag_move.digest is 'What it named from then on';

create view audit.repository_size as
select r.name as repository,
       (select count(*) from registry.tag t where t.repository_id = r.id) as tags,
       (select count(*) from registry.manifest m where m.repository_id = r.id) as manifests,
       s.blobs, s.bytes
from registry.repository r cross join lateral (
    select count(*) as blobs, coalesce(sum(b.size), 0)::bigint as bytes
    from registry.repository_blob l join registry.blob b on b.id = l.blob_id where l.repository_id = r.id) as s;
comment on view audit.repository_size is
    'One row a repository, as it is now; each row is added up when it is asked for, so ask for one or be patient';
comment on column audit.repository_size.tags is 'How many';
comment on column audit.repository_size.manifests is 'How many, with and without a tag';
comment on column audit.repository_size.blobs is 'How many it shows: layers and configurations';
comment on column audit.repository_size.bytes is 'Of these blobs, each once; other repositories may share them';

create view audit.blob_sharing as
select b.digest, b.size, r.name as repository, m.digest as manifest, m.media_type, m.pushed_at
from registry.blob b
join registry.manifest_blob l on l.blob_id = b.id
join registry.manifest m on m.id = l.manifest_id
join registry.repository r on r.id = l.repository_id;
comment on view audit.blob_sharing is 'One row for each blob and each manifest that counts on it, as it is now';
comment on column audit.blob_sharing.digest is 'Of the blob: a layer or a configuration';
comment on column audit.blob_sharing.size is 'Bytes of the blob';
comment on column audit.blob_sharing.manifest is 'The digest of the manifest';
comment on column audit.blob_sharing.media_type is 'Of the manifest';
comment on column audit.blob_sharing.pushed_at is 'When the manifest first came to the repository';

create view audit.job as
select job, held_until is not null and held_until > now() as running, due_at, held_until
from registry.job_lease;
comment on view audit.job is 'One row a job in the background, as it is now; audit.job_run tells of its runs';
comment on column audit.job.job is 'For example upload-purge';
comment on column audit.job.running is 'Whether an instance is at it';
comment on column audit.job.due_at is 'When it runs next';
comment on column audit.job.held_until is 'Until when the instance that is at it has it, unless it goes on; null for none';

create view audit.version as
select 1 as interface,
       (select version from registry.flyway_schema_history where version is not null and success
        order by installed_rank desc limit 1)::text as schema,
       epoch, system_identifier, since
from registry.database_cluster order by epoch desc limit 1;
comment on view audit.version is 'One row: which version of the audit schema this is, and where the database lives';
comment on column audit.version.interface is
    'Views and columns are only added within one; what replaces one of them comes as a schema of its own';
comment on column audit.version.schema is 'The last migration, for example 17';
comment on column audit.version.epoch is 'Rises by one each time that the database was restored into another cluster';
comment on column audit.version.system_identifier is 'Of the PostgreSQL cluster';
comment on column audit.version.since is 'Since when it lives there';

comment on view audit.chain is
    'One row a batch of records that was sealed; registry check --audit computes it again from the rows as they are';
comment on column audit.chain.record is 'event, denial or config_change';
comment on column audit.chain.number is 'Counts from 1, for each record';
comment on column audit.chain.month is 'Of events, the first day of the month they are of; null for the others';
comment on column audit.chain.rows is 'How many were sealed';
comment on column audit.chain.epoch is 'With tx: the last transaction that was sealed';
comment on column audit.chain.tx is 'The number of a transaction in PostgreSQL, without wrap-around';
comment on column audit.chain.previous is 'The hash of the batch before; empty for the first';
comment on column audit.chain.hash is 'SHA-256 of the hash before and the SHA-256 of each row, in hexadecimal';
comment on column audit.chain.sealed_at is 'The clock of the database';

comment on view audit.push_daily is 'One row for each repository and day in UTC with pushes, added up as they are sealed: within two minutes';
comment on column audit.push_daily.day is 'In UTC, for example 2026-11-30';
comment on column audit.push_daily.pushes is 'How many manifests were put; one with several tags counts for each';
comment on column audit.push_daily.image_bytes is 'Of these images: configuration and layers';
comment on column audit.push_daily.new_image_bytes is 'How many of these bytes the repository did not hold before: by so much it grew';
comment on column audit.push_daily.uploads is 'How many blobs were uploaded';
comment on column audit.push_daily.uploaded_bytes is 'How many bytes of them the registry did not store before';

comment on column audit.push.image_size is
    'Bytes of the configuration and the layers, each once; of an index, of all that it lists; null before this was recorded';
comment on column audit.push.reused is 'How many of these bytes the repository held before; null before this was recorded';
comment on column audit.push.request_id is
    'The same as in the access log and in the X-Request-Id of the answer; import for what an adopted tree tells of the past';
comment on column audit.blob_push.reused is 'Bytes that the registry stored already: all or none; null before this was recorded';
comment on column audit.tag_history.digest is 'What it named';
comment on column audit.tag_history.since is 'From when';
comment on column audit.tag_history.until is 'Until when: it was moved or deleted then; null: still. Putting the same again is no move';
comment on column audit.collection.request_id is 'The same for all that one run removed';
comment on column audit.job_run.id is 'Grows with every run';
comment on column audit.job_run.began_at is 'The clock of the database';
comment on column audit.import.id is 'Grows with every pass';
comment on column audit.import.started_at is 'The clock of the database';
comment on column audit.import.blobs is 'How many were new to the index';
comment on column audit.import.bytes is 'Of the blobs that were new to the index';
comment on column audit.import_problem.found_at is 'The clock of the database';
comment on column audit.import_problem.repository is 'For example library/debian; null for what belongs to none';
comment on column audit.import_problem.tag is 'For example latest; null for what is of none';
comment on column audit.import_problem.digest is 'For example sha256:6c3c624b…; null for what has none';
