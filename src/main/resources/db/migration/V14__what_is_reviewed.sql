-- What may be garbage is reviewed. Rows are only added: one that takes a reference away locks nothing, so that no two of them
-- wait for each other. What nothing refers to has a row; the latest row of a thing says since when its window is open. How
-- long windows are is asked when a row is reviewed.
create table manifest_review (
    id          bigint generated always as identity,
    manifest_id bigint not null,
    since       timestamptz not null default now(),
    primary key (since, id)
);
create index manifest_review_by_manifest on manifest_review (manifest_id, since);

create table link_review (
    id            bigint generated always as identity,
    repository_id bigint not null,
    blob_id       bigint not null,
    since         timestamptz not null default now(),
    primary key (since, id)
);
create index link_review_by_link on link_review (blob_id, repository_id, since);

create table blob_review (
    id      bigint generated always as identity,
    blob_id bigint not null,
    since   timestamptz not null default now(),
    primary key (since, id)
);

-- Bytes that no blob has any more. Who takes some moves not_before on, so that others leave them alone for that time.
create table purge (
    storage_key text primary key,
    size        bigint not null,
    not_before  timestamptz not null default now(),
    attempts    int not null default 0
);
create index purge_by_time on purge (not_before);

create function tag_left_manifest() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        insert into manifest_review (manifest_id)
        select distinct o.manifest_id from old_tag o join new_tag n using (repository_id, name)
        where n.manifest_id <> o.manifest_id;
    else
        insert into manifest_review (manifest_id) select distinct manifest_id from old_tag;
    end if;
    return null;
end $$;
create trigger tag_moves_from_manifest after update on tag referencing old table as old_tag new table as new_tag
    for each statement execute function tag_left_manifest();
create trigger tag_leaves_manifest after delete on tag referencing old table as old_tag
    for each statement execute function tag_left_manifest();

create function subject_left_referrers() returns trigger language plpgsql as $$
begin
    insert into manifest_review (manifest_id)
    select m.id from old_manifest o join manifest m on m.repository_id = o.repository_id and m.subject_digest = o.digest;
    return null;
end $$;
create trigger manifest_leaves_referrers after delete on manifest referencing old table as old_manifest
    for each statement execute function subject_left_referrers();

create function index_left_manifest() returns trigger language plpgsql as $$
begin
    insert into manifest_review (manifest_id) select distinct child_id from old_reference;
    return null;
end $$;
create trigger index_leaves_manifest after delete on manifest_reference referencing old table as old_reference
    for each statement execute function index_left_manifest();

create function manifest_left_link() returns trigger language plpgsql as $$
begin
    insert into link_review (repository_id, blob_id) select distinct repository_id, blob_id from old_link;
    return null;
end $$;
create trigger manifest_leaves_link after delete on manifest_blob referencing old table as old_link
    for each statement execute function manifest_left_link();

create function link_is_new() returns trigger language plpgsql as $$
begin
    insert into link_review (repository_id, blob_id) select repository_id, blob_id from new_link;
    return null;
end $$;
create trigger link_is_new after insert on repository_blob referencing new table as new_link
    for each statement execute function link_is_new();

create function link_left_blob() returns trigger language plpgsql as $$
begin
    insert into blob_review (blob_id) select distinct blob_id from old_link;
    return null;
end $$;
create trigger link_leaves_blob after delete on repository_blob referencing old table as old_link
    for each statement execute function link_left_blob();

-- What an index noted as missing was protected from the moment it came.
create function index_left_missing() returns trigger language plpgsql as $$
begin
    insert into manifest_review (manifest_id)
    select m.id from old_reference o join manifest m on m.repository_id = o.repository_id and m.digest = o.digest;
    insert into link_review (repository_id, blob_id)
    select o.repository_id, b.id from old_reference o join blob b on b.digest = o.digest;
    return null;
end $$;
create trigger index_leaves_missing after delete on missing_reference referencing old table as old_reference
    for each statement execute function index_left_missing();

-- What nothing refers to today.
insert into manifest_review (manifest_id)
select m.id from manifest m
where not exists (select from tag t where t.manifest_id = m.id)
  and not exists (select from manifest_reference r where r.child_id = m.id);

insert into link_review (repository_id, blob_id)
select l.repository_id, l.blob_id from repository_blob l
where not exists (select from manifest_blob m where m.blob_id = l.blob_id and m.repository_id = l.repository_id);

insert into blob_review (blob_id)
select b.id from blob b where not exists (select from repository_blob l where l.blob_id = b.id);

-- Promises that a blob or a manifest stays: to one who was told that it is there, and so does not push it. Where its window
-- is young, or something refers to it, that is so already. Otherwise the thing is locked, which waits for one who is just
-- collecting it, and its window is opened anew. False if it is not there any more.
create function keep_link(of_repository bigint, of_blob bigint, half interval) returns boolean language plpgsql as $$
declare
    newest timestamptz := (select since from link_review where blob_id = of_blob and repository_id = of_repository
                           order by since desc limit 1);
begin
    if newest > now() - half then
        return true;
    end if;
    if newest is null then
        return exists (select from repository_blob where repository_id = of_repository and blob_id = of_blob);
    end if;
    perform from repository_blob where repository_id = of_repository and blob_id = of_blob for key share;
    if found then
        insert into link_review (repository_id, blob_id) values (of_repository, of_blob);
    end if;
    return found;
end $$;

create function keep_manifest(of_manifest bigint, half interval) returns boolean language plpgsql as $$
declare
    newest timestamptz := (select since from manifest_review where manifest_id = of_manifest order by since desc limit 1);
begin
    if newest > now() - half then
        return true;
    end if;
    if newest is null then
        return exists (select from manifest where id = of_manifest);
    end if;
    perform from manifest where id = of_manifest for key share;
    if found then
        insert into manifest_review (manifest_id) values (of_manifest);
    end if;
    return found;
end $$;

-- Events of the collection, which no request did.
alter table event drop constraint event_action_check;
alter table event add constraint event_action_check check (action in
    ('blob.push', 'blob.mount', 'blob.delete', 'manifest.push', 'manifest.delete', 'manifest.collect', 'tag.delete'));

create view audit.collection as
select id, occurred_at, repository, digest, media_type, size, request_id
from event
where action = 'manifest.collect';

comment on view audit.collection is 'One row a manifest that garbage collection removed, because nothing referred to it';
comment on column audit.collection.occurred_at is 'The clock of the database when the row was written';
comment on column audit.collection.size is 'Bytes of the manifest itself, without its layers';
comment on column audit.collection.request_id is 'The number of the run in audit.job_run, behind the word run-';

do $$
begin
    if exists (select from pg_roles where rolname = 'registry_auditor') then
        grant select on audit.collection to registry_auditor;
    end if;
end $$;
