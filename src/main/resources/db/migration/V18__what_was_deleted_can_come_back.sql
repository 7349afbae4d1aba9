-- What was deleted stays at hand for a while: the bytes of a manifest with its tombstone. When that time is over, the bytes go,
-- and the tombstone as well where there is no adopted tree that could bring the deleted back.
alter table deleted add column media_type varchar(255);
alter table deleted add column payload bytea;
alter table deleted add column restorable_until timestamptz;
create index deleted_by_end on deleted (restorable_until) where restorable_until is not null;
create index deleted_of_repository on deleted (repository_id, restorable_until) where restorable_until is not null;

-- What a tag named stays for a time of its own after the tag was moved or deleted.
alter table manifest_review add column of_tag boolean not null default false;
create index manifest_review_of_tag on manifest_review (manifest_id, since) where of_tag;

create or replace function tag_left_manifest() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        insert into manifest_review (manifest_id, of_tag)
        select distinct o.manifest_id, true from old_tag o join new_tag n using (repository_id, name)
        where n.manifest_id <> o.manifest_id;
    else
        insert into manifest_review (manifest_id, of_tag) select distinct manifest_id, true from old_tag;
    end if;
    return null;
end $$;

create view audit.restorable as
select r.name as repository, d.kind, d.name as tag, d.digest, d.media_type, d.deleted_at, d.restorable_until
from registry.deleted d join registry.repository r on r.id = d.repository_id
where d.restorable_until > now();
comment on view audit.restorable is
    'One row a tag or manifest that was deleted or collected and can be restored: registry restore REPOSITORY[:TAG|@DIGEST]';
comment on column audit.restorable.kind is 'tag or manifest';
comment on column audit.restorable.tag is 'For example latest; null for a manifest';
comment on column audit.restorable.digest is 'Of the manifest, or of what the tag named';
comment on column audit.restorable.deleted_at is 'The clock of the database';
comment on column audit.restorable.restorable_until is 'After this it is gone; earlier if its blobs were collected with --now';

create view audit.restore as
select id, occurred_at, repository, split_part(action, '.', 1) as kind, tag, digest, previous_digest, actor,
       request_id::text as request_id
from registry.event
where action in ('manifest.restore', 'tag.restore');
comment on view audit.restore is 'One row a tag or manifest that was restored';
comment on column audit.restore.kind is 'tag or manifest';
comment on column audit.restore.digest is 'Of the manifest, or of what the tag names from then on';
comment on column audit.restore.previous_digest is 'What the tag named until then; null if it was not there';
comment on column audit.restore.actor is 'The user of the operating system who ran the command';
comment on column audit.restore.request_id is 'The same for all that one command restored';

-- Drops the table of a month, with all that was recorded in it. Its batches stay in the chain, which says that it was dropped.
create function drop_event_month(month date) returns boolean language plpgsql as $$
begin
    insert into registry.dropped_month (month, last_batch)
    select drop_event_month.month, coalesce(max(b.number), 0) from registry.batch b
    where b.record = 'event' and b.month = drop_event_month.month;
    execute format('drop table registry.%I', to_char(month, '"event_"YYYY_MM'));
    return true;
end $$;
