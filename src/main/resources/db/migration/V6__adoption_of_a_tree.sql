-- Adopting the tree that a docker/distribution left: its link files become rows, its bytes stay where they are.

-- One row a pass over the whole tree. A pass that was interrupted is gone on with; one that has ended may be followed by
-- another, which finds what was added to the tree since.
create table adoption (
    id                bigint generated always as identity primary key,
    verifies          boolean not null,
    started_at        timestamptz not null default now(),
    finished_at       timestamptz,
    repositories      bigint not null default 0,
    repositories_done bigint not null default 0,
    links             bigint not null default 0,
    blobs             bigint not null default 0,
    bytes             bigint not null default 0,
    manifests         bigint not null default 0,
    tags              bigint not null default 0
);
create unique index adoption_one_at_a_time on adoption ((finished_at is null)) where finished_at is null;

-- What the pass at hand is through with; empty when there is none.
create table adopted_repository (
    name varchar(255) collate "C" primary key
);
create table verified_blob (
    digest varchar(135) collate "C" primary key
);

create table import_problem (
    path       text not null,
    problem    varchar(32) not null,
    broken     boolean not null,
    repository varchar(255) collate "C",
    tag        varchar(128) collate "C",
    digest     varchar(135) collate "C",
    detail     text not null,
    found_at   timestamptz not null default clock_timestamp()
);
create unique index import_problem_once on import_problem (md5(path), problem);

-- History that came with a tree is told apart by its request_id, which for everything else is a UUID. Importing it
-- again adds nothing.
create unique index event_of_import_once on event (repository, tag, digest, action, occurred_at)
    where request_id = 'import';

-- What was deleted here does not come back from the tree: the look-up of that.
create index event_of_deletion on event (repository, digest) where action in ('blob.delete', 'manifest.delete');

-- A repository that is still to be indexed may count on the bytes of any file of the tree. Whoever collects garbage does
-- not begin while a pass goes on; this is for whoever forgets.
create function refuse_loss_during_adoption() returns trigger language plpgsql as $$
begin
    if exists (select from registry.adoption where finished_at is null) then
        raise exception 'the bytes of an adopted tree are kept until all of it is indexed' using errcode = 'object_in_use';
    end if;
    return old;
end $$;

create trigger blob_of_a_tree_is_kept before delete on blob
    for each row when (old.storage_key like '%/data') execute function refuse_loss_during_adoption();

create view audit.import as
select id, started_at, finished_at, verifies, repositories, repositories_done, links, blobs, bytes, manifests, tags
from registry.adoption;

comment on view audit.import is 'One row a pass over a tree that docker/distribution left; brought up to date every second';
comment on column audit.import.finished_at is 'Null while it goes on, and after an interruption until it is gone on with';
comment on column audit.import.verifies is 'Whether every byte of the tree is read and hashed';
comment on column audit.import.repositories is 'How many the tree has';
comment on column audit.import.repositories_done is 'How many of them are wholly indexed';
comment on column audit.import.links is 'Link files read';
comment on column audit.import.blobs is 'Blobs that were new to the index; bytes is their size';
comment on column audit.import.manifests is 'Manifests that were new to the index';
comment on column audit.import.tags is 'Tags that were new to the index, or moved by it';

create view audit.import_problem as
select path, problem, broken, repository, tag, digest, detail, found_at
from registry.import_problem;

comment on view audit.import_problem is 'What the latest pass over a tree left alone: one row an item';
comment on column audit.import_problem.path is 'Below the storage root, of the file or directory it is about';
comment on column audit.import_problem.problem is 'One of a fixed set of words, for example empty link';
comment on column audit.import_problem.broken is
    'False for what garbage collection usually leaves behind: links that no manifest counts on to blobs that are gone';
comment on column audit.import_problem.detail is 'For people';

-- As before, except that what came with a tree is older than what was done here, whenever it was imported.
create or replace view audit.tag_history as
select repository, tag, digest, since, until, actor, client_address, request_id
from (select repository, tag, digest, action, occurred_at as since,
             lead(occurred_at) over (partition by repository, tag order by
                 request_id <> 'import', case when request_id = 'import' then occurred_at end, id) as until,
             actor, client_address, request_id
      from event
      where tag is not null and action in ('manifest.push', 'tag.delete')) as binding
where action = 'manifest.push';

comment on column audit.tag_history.request_id is 'As in audit.push; import for what an adopted tree tells of the past';
comment on column audit.push.request_id is
    'The same as in the access log and in the X-Request-Id of the answer; import for what an adopted tree tells of the past';
comment on column audit.push.occurred_at is
    'The clock of the database when the row was written; for an imported row, the time of the tree''s link file';
comment on column audit.push.id is
    'Grows with every event; the rows of one tag are in the order they took effect, imported ones apart from the others';

do $$
begin
    if exists (select from pg_roles where rolname = 'registry_auditor') then
        grant select on audit.import, audit.import_problem to registry_auditor;
    end if;
end $$;
