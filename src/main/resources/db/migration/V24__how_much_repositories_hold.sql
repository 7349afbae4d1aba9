-- How many bytes the blobs of repositories are, for quotas: each namespace that a quota can name has a row. A change is a row of
-- its own, so that two pushes into a namespace do not wait for each other; a job adds them up.
lock table repository_blob in share row exclusive mode; -- what is linked meanwhile would be counted nowhere

create table usage (
    namespace text primary key,
    bytes     bigint not null
);
create table usage_change (
    id            bigint generated always as identity primary key,
    repository_id bigint not null,
    bytes         bigint not null
);

-- What a quota can call a repository: its name, all of its path, all below a part of its path, and all.
create function namespaces(repository text) returns text[] language sql immutable strict parallel safe as $$
    select array['**', repository, case when cardinality(parts) = 1 then '*' else array_to_string(trim_array(parts, 1), '/') || '/*' end]
           || array(select array_to_string(parts[1:n], '/') || '/**' from generate_series(1, cardinality(parts) - 1) as n)
    from string_to_array(repository, '/') as parts
$$;

insert into usage (namespace, bytes)
select namespace, sum(size)
from repository_blob l join blob b on b.id = l.blob_id join repository r on r.id = l.repository_id
cross join lateral unnest(namespaces(r.name)) as namespace
group by namespace;

create or replace function link_is_new() returns trigger language plpgsql as $$
begin
    insert into link_review (repository_id, blob_id) select repository_id, blob_id from new_link;
    insert into usage_change (repository_id, bytes)
    select repository_id, bytes
    from (select repository_id, sum((select size from blob where id = blob_id)) as bytes
          from new_link group by repository_id) as added
    where bytes <> 0;
    return null;
end $$;

create or replace function link_left_blob() returns trigger language plpgsql as $$
begin
    insert into blob_review (blob_id) select distinct blob_id from old_link;
    insert into usage_change (repository_id, bytes)
    select repository_id, -bytes
    from (select repository_id, sum((select size from blob where id = blob_id)) as bytes
          from old_link group by repository_id) as taken
    where bytes <> 0;
    return null;
end $$;

-- Adds up the oldest changes, at most 10,000, and says how many there were. Repositories keep their names meanwhile. Several who
-- do it at once wait for each other's namespaces in one order.
create function fold_usage() returns bigint language plpgsql as $$
declare
    changes bigint[] := array(select id from usage_change order by id limit 10000 for update skip locked);
begin
    perform from repository
    where id = any(array(select repository_id from usage_change where id = any(changes)))
    order by id for key share;
    with folded as (
        delete from usage_change where id = any(changes) returning repository_id, bytes
    ), held as (
        select (select name from repository where id = repository_id) as repository, sum(bytes) as bytes
        from folded group by repository_id
    )
    insert into usage as u (namespace, bytes)
    select namespace, sum(bytes) from held cross join lateral unnest(namespaces(repository)) as namespace
    group by namespace order by namespace
    on conflict (namespace) do update set bytes = u.bytes + excluded.bytes;
    return cardinality(changes);
end $$;

create view audit.usage as
select namespace, sum(bytes)::bigint as bytes
from (select namespace, bytes from registry.usage
      union all
      select unnest(registry.namespaces((select name from registry.repository where id = repository_id))), bytes
      from registry.usage_change) as counted
group by namespace;
comment on view audit.usage is 'One row a namespace: how many bytes its repositories hold, as quotas count them';
comment on column audit.usage.namespace is
    'A repository; team/*, those one part below team; team/**, all below team; * and **, the same of the whole registry';
comment on column audit.usage.bytes is 'Of the blobs; one that several repositories show counts once in each';
