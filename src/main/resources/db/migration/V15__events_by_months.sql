-- Events lie in months, so that a month can be dropped as a whole. What reads them forward (the chain of hashes, and those
-- who pass events on) follows (epoch, tx, id): numbers are given out before their transaction commits, so that a reader who
-- remembers the last number loses rows; what lies below the oldest transaction that runs is complete. An epoch is a
-- database cluster: a dump that is restored elsewhere begins with low transaction numbers again.

-- What clients call themselves, each text once. Its key follows from the text, so that an event does not wait for a look-up,
-- and a text that was changed afterwards is found out.
create function client_id(user_agent text) returns uuid language sql immutable strict parallel safe as $$
    select encode(substr(sha256(convert_to(user_agent, 'UTF8')), 1, 16), 'hex')::uuid
$$;

create table client (
    id         uuid primary key,
    user_agent text not null,
    check (id = registry.client_id(user_agent))
);

insert into client (id, user_agent)
select registry.client_id(user_agent), user_agent
from (select distinct user_agent from event where user_agent is not null) as known;

create trigger client_is_append_only before update or delete or truncate on client
    for each statement execute function refuse_change_of_history();

-- The clusters this database has lived in, the latest last.
create table database_cluster (
    epoch             smallint primary key,
    system_identifier bigint not null,
    since             timestamptz not null default now()
);
insert into database_cluster (epoch, system_identifier) select 1, system_identifier from pg_control_system();

alter table event rename to event_before;
drop index event_by_repository;
drop index event_by_time;

create sequence event_id;
select setval('event_id', (select coalesce(max(id), 0) + 1 from
    (select id from event_before union all select id from adopted_event) as numbered), false);
alter table adopted_event alter column id set default nextval('registry.event_id');

create table event (
    id              bigint not null default nextval('registry.event_id'),
    occurred_at     timestamptz not null default clock_timestamp(),
    epoch           smallint not null default 1,
    tx              xid8 not null default pg_current_xact_id(),
    action          varchar(32) not null check (action ~ '^[a-z]+\.[a-z]+$'),
    repository      varchar(255) collate "C" not null,
    tag             varchar(128) collate "C",
    digest          varchar(135) collate "C" not null,
    previous_digest varchar(135) collate "C",
    media_type      varchar(255),
    size            bigint,
    image_size      bigint,
    reused          bigint,
    actor           text,
    auth_method     varchar(16),
    client_address  inet,
    client          uuid,
    request_id      uuid not null
) partition by range (occurred_at);

create table event_default partition of event default;

create index event_by_tag on event (repository, tag, occurred_at desc, id desc);
create index event_by_digest on event (digest);
create index event_by_actor on event (actor, occurred_at) where actor is not null;
create index event_in_order on event (epoch, tx, id);
create index event_by_time on event using brin (occurred_at) with (pages_per_range = 32);

create trigger event_is_append_only before update or delete or truncate on event
    for each statement execute function refuse_change_of_history();
create trigger event_row_is_append_only before update or delete on event
    for each row execute function refuse_change_of_history();
create trigger event_is_append_only before truncate on event_default
    for each statement execute function refuse_change_of_history();

-- Makes the table of a month, unless it is there. What the default table has of that month moves into it: it came when the
-- months ahead had run out, or by a clock that was wrong. It waits for readers of the default table alone.
create function add_event_month(month date) returns boolean language plpgsql set timezone = 'UTC' as $$
declare
    name    text := to_char(month, '"event_"YYYY_MM');
    begins  timestamptz := date_trunc('month', month::timestamp);
    ends    timestamptz := begins + interval '1 month';
    misses  boolean;
begin
    if to_regclass('registry.' || name) is not null then
        return false;
    end if;
    execute format('create table registry.%I (like registry.event including defaults including constraints)', name);
    execute format('create trigger event_is_append_only before truncate on registry.%I
                    for each statement execute function registry.refuse_change_of_history()', name);
    lock table registry.event_default in access exclusive mode;
    misses := exists (select from registry.event_default where occurred_at >= begins and occurred_at < ends);
    if misses then
        alter table registry.event_default disable trigger event_row_is_append_only;
        execute format('with moved as (delete from registry.event_default
                                       where occurred_at >= %L and occurred_at < %L returning *)
                        insert into registry.%I select * from moved', begins, ends, name);
        alter table registry.event_default enable trigger event_row_is_append_only;
    end if;
    execute format('alter table registry.event attach partition registry.%I for values from (%L) to (%L)', name, begins, ends);
    return true;
end $$;

-- The months of events: those that have a table, the first day of each.
create function event_months() returns setof date language sql stable as $$
    select to_date(right(relname, 7), 'YYYY_MM') from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'registry.event'::regclass and relname <> 'event_default' order by relname
$$;

select add_event_month(month::date)
from (select distinct date_trunc('month', occurred_at at time zone 'UTC') from event_before
      union
      select generate_series(date_trunc('month', now() at time zone 'UTC') - interval '1 month',
                             date_trunc('month', now() at time zone 'UTC') + interval '12 months', interval '1 month')
     ) as needed (month)
order by month;

-- These belong to no transaction that is known: 10,000 to a number, in an epoch of their own.
insert into event (id, occurred_at, epoch, tx, action, repository, tag, digest, previous_digest, media_type, size, actor,
                   auth_method, client_address, client, request_id)
select id, occurred_at, 0, (id / 10000)::text::xid8, action, repository, tag, digest, previous_digest, media_type, size,
       left(actor, 255), auth_method, client_address, registry.client_id(user_agent),
       case when request_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then request_id else md5(request_id) end::uuid
from event_before order by id;

-- What was denied and how the registry was configured are read forward in the same order.
alter table denial add column epoch smallint not null default 0;
alter table denial add column tx xid8 not null default '0';
alter table denial alter column epoch set default 1, alter column tx set default pg_current_xact_id();
create index denial_in_order on denial (epoch, tx, id);
alter table config_change add column epoch smallint not null default 0;
alter table config_change add column tx xid8 not null default '0';
alter table config_change alter column epoch set default 1, alter column tx set default pg_current_xact_id();
create index config_change_in_order on config_change (epoch, tx, id);

-- Adds the row of a tag, and says when it came to be: later than the deletion of the one before, whatever the clock says.
-- Null if there is one. The row in the way may be deleted while the first statement waits for it: only the second sees that.
create function add_tag(of_repository bigint, of_name text, of_manifest bigint) returns timestamptz language plpgsql as $$
declare
    moment timestamptz;
    gone   timestamptz;
begin
    insert into tag (repository_id, name, manifest_id, moved_at) values (of_repository, of_name, of_manifest, clock_timestamp())
    on conflict do nothing returning moved_at into moment;
    if moment is null then
        return null;
    end if;
    delete from deleted where name = of_name and repository_id = of_repository and kind = 'tag' returning deleted_at into gone;
    if gone >= moment then
        update tag set moved_at = gone + interval '1 microsecond'
        where repository_id = of_repository and name = of_name returning moved_at into moment;
    end if;
    return moment;
end $$;

-- What was done here, and what an adopted tree tells of before. Without a condition of its own, so that the conditions and
-- the order of those who ask reach the index of each month.
create view history as
select id, occurred_at, action, repository, tag, digest, previous_digest, media_type, size, image_size, reused, actor,
       auth_method, client_address, client, request_id, false as adopted
from event
union all
select id, occurred_at, action, repository, tag, digest, previous_digest, media_type, size, null::bigint, null::bigint,
       null::text, null::varchar(16), null::inet, null::uuid, null::uuid, true
from adopted_event;

-- The views have the columns that they had, and new ones behind.

create or replace view audit.push as
select h.id, occurred_at, repository, tag, digest, previous_digest, media_type, size, actor, client_address, c.user_agent,
       case when adopted then 'import' else request_id::text end as request_id, auth_method, image_size, reused
from registry.history h left join registry.client c on c.id = h.client
where action = 'manifest.push';

create or replace view audit.blob_push as
select e.id, occurred_at, repository, digest, size, action = 'blob.mount' as mounted, actor, client_address, c.user_agent,
       request_id::text as request_id, auth_method, reused
from registry.event e left join registry.client c on c.id = e.client
where action in ('blob.push', 'blob.mount');

create or replace view audit.delete as
select e.id, occurred_at, repository, split_part(action, '.', 1) as kind, tag, digest, actor, client_address, c.user_agent,
       request_id::text as request_id, auth_method
from registry.event e left join registry.client c on c.id = e.client
where action in ('tag.delete', 'manifest.delete', 'blob.delete');

create or replace view audit.collection as
select id, occurred_at, repository, digest, media_type, size, request_id::text as request_id
from registry.event
where action = 'manifest.collect';

-- The end of each row is looked up, so that the newest of a tag that was moved very often are found at once. What came with
-- an adopted tree is older than what was done here, whenever it was imported. To put the same again is no move.
create or replace view audit.tag_history as
select repository, tag, digest, occurred_at as since,
       coalesce(case when adopted then (
                    select n.occurred_at from registry.adopted_event n
                    where n.repository = h.repository and n.tag = h.tag
                      and (n.occurred_at, n.id) > (h.occurred_at, h.id) and n.previous_digest is distinct from n.digest
                    order by n.occurred_at, n.id limit 1) end,
                (select n.occurred_at from registry.event n
                 where n.repository = h.repository and n.tag = h.tag
                   and n.occurred_at > case when h.adopted then '-infinity' else h.occurred_at end
                   and n.action in ('manifest.push', 'tag.delete', 'tag.restore')
                   and n.previous_digest is distinct from n.digest
                 order by n.occurred_at, n.id limit 1)) as until,
       actor, client_address, case when adopted then 'import' else request_id::text end as request_id, auth_method
from registry.history h
where tag is not null and action in ('manifest.push', 'tag.restore') and previous_digest is distinct from digest;

drop table event_before;
