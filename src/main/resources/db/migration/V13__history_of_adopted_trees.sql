-- What an adopted tree tells of the past, apart from what was done here: its times are the tree's. One sequence numbers
-- both. Importing a tree again adds nothing.
create table adopted_event (
    id              bigint primary key default nextval(pg_get_serial_sequence('registry.event', 'id')),
    occurred_at     timestamptz not null,
    action          varchar(32) not null check (action in ('manifest.push', 'tag.delete')),
    repository      varchar(255) collate "C" not null,
    tag             varchar(128) collate "C" not null,
    digest          varchar(135) collate "C" not null,
    previous_digest varchar(135) collate "C",
    media_type      varchar(255),
    size            bigint
);
create unique index adopted_event_once on adopted_event (repository, tag, occurred_at, action, digest);

drop index event_of_import_once;
alter table event disable trigger event_is_append_only;

with moved as (delete from event where request_id = 'import' returning *)
insert into adopted_event (id, occurred_at, action, repository, tag, digest, previous_digest, media_type, size)
select id, occurred_at, action, repository, tag, digest, previous_digest, media_type, size from moved;

alter table event enable trigger event_is_append_only;

create trigger adopted_event_is_append_only before update or delete or truncate on adopted_event
    for each statement execute function refuse_change_of_history();

create or replace view audit.push as
select id, occurred_at, repository, tag, digest, previous_digest, media_type, size, actor, client_address, user_agent,
       request_id, auth_method
from event
where action = 'manifest.push'
union all
select id, occurred_at, repository, tag, digest, previous_digest, media_type, size, null, null, null, 'import',
       null::varchar(16)
from adopted_event
where action = 'manifest.push';

-- What came with an adopted tree is older than what was done here, whenever it was imported.
create or replace view audit.tag_history as
select repository, tag, digest, since, until, actor, client_address, request_id, auth_method
from (select repository, tag, digest, action, occurred_at as since,
             lead(occurred_at) over (partition by repository, tag order by
                 adopted desc, case when adopted then occurred_at end, id) as until,
             actor, client_address, request_id, auth_method
      from (select id, repository, tag, digest, action, occurred_at, actor, client_address, request_id, auth_method,
                   false as adopted
            from event
            where tag is not null and action in ('manifest.push', 'tag.delete')
            union all
            select id, repository, tag, digest, action, occurred_at, null, null, 'import', null::varchar(16), true
            from adopted_event) as change) as binding
where action = 'manifest.push';
