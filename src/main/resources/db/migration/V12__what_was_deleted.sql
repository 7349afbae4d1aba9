-- What was deleted and not pushed again: it does not come back from an adopted tree. Written by the transaction that deletes,
-- removed by the one that pushes. A row may stay when the two meet, so what is there counts more than a row here. The
-- repository is not referred to: the check of that would lock its row, which one who waits for a tag here may hold.
create table deleted (
    repository_id bigint not null,
    kind          varchar(8) not null check (kind in ('manifest', 'blob', 'tag')),
    name          varchar(128) collate "C" check ((name is not null) = (kind = 'tag')),
    digest        varchar(135) collate "C" not null,
    deleted_at    timestamptz not null default now()
);
create unique index deleted_tag on deleted (name, repository_id) where kind = 'tag';
create unique index deleted_content on deleted (digest, repository_id, kind) where kind <> 'tag';

insert into deleted (repository_id, kind, digest, deleted_at)
select r.id, split_part(e.action, '.', 1), e.digest, max(e.occurred_at)
from event e join repository r on r.name = e.repository
where e.action in ('manifest.delete', 'blob.delete') and e.request_id <> 'import'
  and not exists (select from manifest m
                  where e.action = 'manifest.delete' and m.repository_id = r.id and m.digest = e.digest)
  and not exists (select from blob b join repository_blob l on l.blob_id = b.id
                  where e.action = 'blob.delete' and b.digest = e.digest and l.repository_id = r.id)
group by 1, 2, 3;

insert into deleted (repository_id, kind, name, digest, deleted_at)
select distinct on (r.id, e.tag) r.id, 'tag', e.tag, e.digest, e.occurred_at
from event e join repository r on r.name = e.repository
where e.action = 'tag.delete' and e.request_id <> 'import'
  and not exists (select from tag t where t.repository_id = r.id and t.name = e.tag)
order by r.id, e.tag, e.id desc;

drop index event_of_deletion;

-- Whether a tag names what an adopted tree says. One that a client has put stays where it is.
alter table tag add column adopted boolean not null default false;

update tag t set adopted = true
from repository r
where r.id = t.repository_id
  and not exists (select from event e where e.repository = r.name and e.tag = t.name and e.request_id <> 'import');
