-- What repositories were called before. For a while, pulls by such a name are served; an adopted tree's directory of that name is
-- the renamed repository's, for ever.
create table repository_alias (
    name          varchar(255) collate "C" primary key,
    repository_id bigint not null references repository,
    until         timestamptz not null
);
create index repository_alias_by_repository on repository_alias (repository_id);

-- Each renaming, for those who follow a history.
create table renaming (
    id         bigint generated always as identity primary key,
    previous   varchar(255) collate "C" not null,
    name       varchar(255) collate "C" not null,
    renamed_at timestamptz not null
);
create index renaming_by_previous on renaming (previous, renamed_at);
create index renaming_by_name on renaming (name, renamed_at);

-- The event of a renaming is about no digest.
alter table event alter column digest drop not null;
alter table event add column previous_repository varchar(255) collate "C";

create or replace function event_bytes(e event) returns bytea language sql immutable parallel safe as $$
    select convert_to('1 ' || registry.canonical(e.id::text) || registry.canonical(e.occurred_at)
        || registry.canonical(e.epoch::text) || registry.canonical(e.tx::text) || registry.canonical(e.action)
        || registry.canonical(e.repository) || registry.canonical(e.tag) || registry.canonical(e.digest)
        || registry.canonical(e.previous_digest) || registry.canonical(e.media_type) || registry.canonical(e.size::text)
        || registry.canonical(e.image_size::text) || registry.canonical(e.reused::text) || registry.canonical(e.actor)
        || registry.canonical(e.auth_method) || registry.canonical(e.client_address) || registry.canonical(e.client::text)
        || registry.canonical(e.request_id::text)
        || case when e.previous_repository is null then '' else registry.canonical(e.previous_repository) end, 'UTF8')
$$;

create view audit.rename as
select id, occurred_at, previous_repository, repository, actor, auth_method, request_id::text as request_id
from registry.event
where action = 'repository.rename';
comment on view audit.rename is
    'One row a repository that was renamed; what was done before has the name of then, also in audit.tag_history';
comment on column audit.rename.previous_repository is 'What it was called until then';
comment on column audit.rename.repository is 'What it is called from then on';
comment on column audit.rename.actor is 'Who ran the command, on the machine it was run on';
comment on column audit.rename.auth_method is 'command';
comment on column audit.rename.request_id is 'The same for all that one command renamed';

create or replace view audit.tag_history as
select repository, tag, digest, occurred_at as since,
       least(coalesce(case when adopted then (
                          select n.occurred_at from registry.adopted_event n
                          where n.repository = h.repository and n.tag = h.tag
                            and (n.occurred_at, n.id) > (h.occurred_at, h.id)
                            and n.previous_digest is distinct from n.digest
                          order by n.occurred_at, n.id limit 1) end,
                      (select n.occurred_at from registry.event n
                       where n.repository = h.repository and n.tag = h.tag
                         and n.occurred_at > case when h.adopted then '-infinity' else h.occurred_at end
                         and n.action in ('manifest.push', 'tag.delete', 'tag.restore', 'tag.release')
                         and n.previous_digest is distinct from n.digest
                       order by n.occurred_at, n.id limit 1)),
             (select n.renamed_at from registry.renaming n
              where n.previous = h.repository
                and n.renamed_at > case when h.adopted then '-infinity' else h.occurred_at end
              order by n.renamed_at limit 1)) as until,
       actor, client_address, case when adopted then 'import' else request_id::text end as request_id, auth_method
from registry.history h
where tag is not null and action in ('manifest.push', 'tag.restore', 'tag.release')
  and previous_digest is distinct from digest;

comment on column audit.tag_history.until is
    'When it was made to name another, or deleted, or its repository renamed, from when on audit.rename leads; null: still';

-- As before, with the pulls by former names, for as long as they led here.
create or replace function retention_of(of_repository bigint, rules jsonb)
returns table (tag text, digest text, manifest_id bigint, moved_at timestamptz, goes boolean, rule int, pattern text,
               rank bigint, members bigint, created_at timestamptz, last_pull timestamptz, reason text, unread boolean)
language sql stable as $$
    with rule as (
        select (r ->> 'number')::int as number, r -> 'among' as among, r -> 'protect' as protect,
               (r ->> 'newest')::int as newest, r ->> 'order' as ordering, r ->> 'by' as by,
               make_interval(secs => (r ->> 'younger')::float8) as younger,
               make_interval(secs => (r ->> 'pulled')::float8) as pulled
        from jsonb_array_elements(rules) as r
    ), named as materialized (
        select t.name, t.manifest_id, t.moved_at, m.digest, i.created_at, i.fault, i.manifest_id is null as unread,
               registry.natural_key(t.name) collate "C" as natural_key,
               case when exists (select from rule where pulled is not null) then (
                   select max(last_at) from (
                       select p.last_at from registry.pull p
                       where p.repository = (select name from registry.repository where id = of_repository)
                         and p.digest = m.digest
                       union all
                       select p.last_at from registry.repository_alias a
                       join registry.pull p on p.repository = a.name and p.digest = m.digest and p.last_at <= a.until
                       where a.repository_id = of_repository) as pulled) end as last_pull
        from registry.tag t join registry.manifest m on m.id = t.manifest_id
        left join registry.image i on i.manifest_id = t.manifest_id
        where t.repository_id = of_repository
    ), protected as (
        select distinct on (n.name) n.name, rule.number, p.pattern
        from named n cross join rule cross join lateral jsonb_array_elements_text(rule.protect) as p (pattern)
        where n.name ~ p.pattern order by n.name, rule.number
    ), grouped as (
        select n.*, rule.number, rule.newest, rule.younger, rule.pulled, rule.by, p.pattern,
               row_number() over (partition by rule.number, p.place
                                  order by case when rule.ordering = 'natural' then n.natural_key end collate "C" desc,
                                           case when rule.ordering = 'pushed' then n.moved_at end desc,
                                           n.natural_key desc, n.name desc) as rank,
               count(*) over (partition by rule.number, p.place) as members
        from named n cross join rule
        cross join lateral jsonb_array_elements_text(rule.among) with ordinality as p (pattern, place)
        where n.name ~ p.pattern
    ), judged as (
        select g.*, case
            when g.rank <= g.newest then 'number ' || g.rank || ' of ' || g.members || ', of which ' || g.newest || ' stay'
            when g.younger is not null and g.by = 'pushed' and g.moved_at > now() - g.younger then 'put not long ago'
            when g.younger is not null and g.by = 'created' and g.unread then 'its age is not known yet'
            when g.younger is not null and g.by = 'created' and g.fault is not null
                then 'its age cannot be read: ' || g.fault
            when g.younger is not null and g.by = 'created' and coalesce(g.created_at, g.moved_at) > now() - g.younger
                then 'made not long ago'
            when g.pulled is not null and g.last_pull > now() - g.pulled then 'pulled not long ago'
            when g.pulled is not null and (select max(since) from registry.pull_recording) > now() - g.pulled
                then 'pulls are not recorded for so long yet'
            end as kept
        from grouped g
    ), best as (
        select distinct on (name) * from judged order by name, kept is null, number, rank
    )
    select b.name, b.digest, b.manifest_id, b.moved_at, b.kept is null and p.name is null,
           coalesce(p.number, b.number), coalesce(p.pattern, b.pattern), b.rank, b.members, b.created_at, b.last_pull,
           case when p.name is not null then 'protected' when b.kept is not null then b.kept
                else 'number ' || b.rank || ' of ' || b.members || ', and nothing keeps it' end,
           p.name is null and coalesce(b.kept, '') = 'its age is not known yet'
    from best b left join protected p on p.name = b.name
    order by b.name collate "C"
$$;
