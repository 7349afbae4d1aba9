-- A chain of hashes over what was recorded: a row that is changed, removed or added later is found out, by one who knows a
-- hash of before. Whole transactions are sealed, in the order (epoch, tx, id), events month by month.

-- A field as the hash sees it: its length in bytes and its text, so that no two rows look alike.
create function canonical(field text) returns text language sql immutable parallel safe as $$
    select coalesce(octet_length(field) || ':' || field, '-') || ' '
$$;

create function canonical(moment timestamptz) returns text language sql immutable parallel safe as $$
    select registry.canonical((extract(epoch from moment) * 1000000)::bigint::text)
$$;

create function canonical(address inet) returns text language sql immutable parallel safe as $$
    select registry.canonical(host(address) || '/' || masklen(address))
$$;

create function event_bytes(e event) returns bytea language sql immutable parallel safe as $$
    select convert_to('1 ' || registry.canonical(e.id::text) || registry.canonical(e.occurred_at)
        || registry.canonical(e.epoch::text) || registry.canonical(e.tx::text) || registry.canonical(e.action)
        || registry.canonical(e.repository) || registry.canonical(e.tag) || registry.canonical(e.digest)
        || registry.canonical(e.previous_digest) || registry.canonical(e.media_type) || registry.canonical(e.size::text)
        || registry.canonical(e.image_size::text) || registry.canonical(e.reused::text) || registry.canonical(e.actor)
        || registry.canonical(e.auth_method) || registry.canonical(e.client_address) || registry.canonical(e.client::text)
        || registry.canonical(e.request_id::text), 'UTF8')
$$;

create function denial_bytes(d denial) returns bytea language sql immutable parallel safe as $$
    select convert_to('1 ' || registry.canonical(d.id::text) || registry.canonical(d.occurred_at)
        || registry.canonical(d.epoch::text) || registry.canonical(d.tx::text) || registry.canonical(d.repository)
        || registry.canonical(d.scope) || registry.canonical(d.reason) || registry.canonical(d.detail)
        || registry.canonical(d.repeated::text) || registry.canonical(d.actor) || registry.canonical(d.auth_method)
        || registry.canonical(d.client_address) || registry.canonical(d.user_agent) || registry.canonical(d.request_id), 'UTF8')
$$;

create function config_change_bytes(c config_change) returns bytea language sql immutable parallel safe as $$
    select convert_to('1 ' || registry.canonical(c.id::text) || registry.canonical(c.occurred_at)
        || registry.canonical(c.epoch::text) || registry.canonical(c.tx::text) || registry.canonical(c.key)
        || registry.canonical(c.old_value) || registry.canonical(c.new_value) || registry.canonical(c.source)
        || registry.canonical(c.live::int::text) || registry.canonical(c.accepted::int::text)
        || registry.canonical(c.reason) || registry.canonical(c.server), 'UTF8')
$$;

-- What was sealed at once: of events, rows of one month; of the others, the month is null. (epoch, tx) is the last
-- transaction of it. hash is the SHA-256 of the hash before, followed by the SHA-256 of each row.
create table batch (
    record    varchar(32) not null check (record in ('event', 'denial', 'config_change')),
    number    bigint not null,
    month     date,
    rows      bigint not null,
    epoch     smallint not null,
    tx        xid8 not null,
    previous  bytea not null,
    hash      bytea not null,
    sealed_at timestamptz not null default clock_timestamp(),
    primary key (record, number)
);
create index batch_by_month on batch (record, month, number desc);

create trigger batch_is_append_only before update or delete or truncate on batch
    for each statement execute function refuse_change_of_history();

-- The months that were dropped, and up to which batch of each.
create table dropped_month (
    month      date not null,
    last_batch bigint not null,
    dropped_at timestamptz not null default clock_timestamp(),
    primary key (month, last_batch)
);
create trigger dropped_month_is_append_only before update or delete or truncate on dropped_month
    for each statement execute function refuse_change_of_history();

-- No row may hide before the first that is sealed.
alter table event add check (epoch >= 0);
alter table denial add check (epoch >= 0);
alter table config_change add check (epoch >= 0);

-- What was pushed each day, added up as it is sealed.
create table push_day (
    day             date not null,
    repository      varchar(255) collate "C" not null,
    pushes          bigint not null,
    image_bytes     bigint not null,
    new_image_bytes bigint not null,
    uploads         bigint not null,
    uploaded_bytes  bigint not null,
    primary key (repository, day)
);
create index push_day_by_day on push_day (day);

create function add_pushes(of_month date, after_epoch smallint, after_tx xid8, to_epoch smallint, to_tx xid8) returns void
language sql as $$
    insert into registry.push_day (day, repository, pushes, image_bytes, new_image_bytes, uploads, uploaded_bytes)
    select (occurred_at at time zone 'UTC')::date, repository,
           count(*) filter (where action = 'manifest.push'),
           coalesce(sum(image_size), 0), coalesce(sum(image_size - reused), 0),
           count(*) filter (where action = 'blob.push'),
           coalesce(sum(size - reused) filter (where action = 'blob.push'), 0)
    from registry.event
    where occurred_at >= of_month::timestamp at time zone 'UTC'
      and occurred_at < (of_month + interval '1 month') at time zone 'UTC'
      and (epoch, tx) > (after_epoch, after_tx) and (epoch, tx) <= (to_epoch, to_tx)
      and action in ('manifest.push', 'blob.push')
    group by 1, 2 order by 2, 1
    on conflict (repository, day) do update
    set pushes = push_day.pushes + excluded.pushes, image_bytes = push_day.image_bytes + excluded.image_bytes,
        new_image_bytes = push_day.new_image_bytes + excluded.new_image_bytes,
        uploads = push_day.uploads + excluded.uploads, uploaded_bytes = push_day.uploaded_bytes + excluded.uploaded_bytes
$$;

-- The rows of a record, or of a month of it, between two transactions: how many, the last transaction, and their hashes one
-- after the other.
create function sealable(of_record text, of_month date, after_epoch smallint, after_tx xid8, to_epoch smallint, to_tx xid8,
                         out count bigint, out last_epoch smallint, out last_tx xid8, out hashes bytea)
language plpgsql stable as $$
begin
    execute format(
        'select count(*), (array_agg(epoch order by epoch, tx, id))[count(*)], (array_agg(tx order by epoch, tx, id))[count(*)],
                string_agg(sha256(registry.%1$I(e)), ''''::bytea order by epoch, tx, id)
         from registry.%2$I e where (epoch, tx) > ($1, $2) and (epoch, tx) <= ($3, $4) %3$s',
        of_record || '_bytes', of_record,
        case when of_month is not null then format('and occurred_at >= %L and occurred_at < %L',
            of_month::timestamp at time zone 'UTC', (of_month + interval '1 month') at time zone 'UTC') end)
    into count, last_epoch, last_tx, hashes using after_epoch, after_tx, to_epoch, to_tx;
end $$;

-- Seals the next rows, about so many, and returns how many there were. All rows below the oldest transaction that runs are
-- complete, and all of earlier epochs.
create function seal(of_record text, of_month date, most int) returns bigint language plpgsql as $$
declare
    after   record;
    upto    record;
    due     record;
    head    record;
begin
    lock table registry.batch in share row exclusive mode; -- one seals at a time, also one whose lease is over
    select b.number, b.hash into head from registry.batch b where b.record = of_record order by b.number desc limit 1;
    select epoch, tx into after from registry.batch
    where record = of_record and month is not distinct from of_month order by batch.number desc limit 1;
    if not found then
        select -1::smallint as epoch, '0'::xid8 as tx into after;
    end if;
    select max(epoch) as epoch, (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text::xid8 as tx
    into upto from registry.database_cluster;
    execute format(
        'select epoch, tx from registry.%I where (epoch, tx) > ($1, $2) and (epoch, tx) <= ($3, $4) %s
         order by epoch, tx, id offset $5 limit 1', of_record,
        case when of_month is not null then format('and occurred_at >= %L and occurred_at < %L',
            of_month::timestamp at time zone 'UTC', (of_month + interval '1 month') at time zone 'UTC') end)
    into due using after.epoch, after.tx, upto.epoch, upto.tx, most - 1;
    if due.epoch is not null then
        upto := due;
    end if;
    select * into due from registry.sealable(of_record, of_month, after.epoch, after.tx, upto.epoch, upto.tx);
    if due.count > 0 then
        insert into registry.batch (record, number, month, rows, epoch, tx, previous, hash)
        values (of_record, coalesce(head.number, 0) + 1, of_month, due.count, due.last_epoch, due.last_tx,
                coalesce(head.hash, ''), sha256(coalesce(head.hash, '') || due.hashes));
        if of_record = 'event' then
            perform registry.add_pushes(of_month, after.epoch, after.tx, due.last_epoch, due.last_tx);
        end if;
    end if;
    return due.count;
end $$;

create view audit.chain as
select record, number, month, rows, epoch, tx::text as tx, encode(previous, 'hex') as previous, encode(hash, 'hex') as hash,
       sealed_at
from registry.batch;

create view audit.push_daily as
select day, repository, pushes, image_bytes, new_image_bytes, uploads, uploaded_bytes
from registry.push_day;
