-- What is known of a tagged image beyond its manifest: when it says it was made. Read once from its configuration. No
-- time and no fault: it is of a kind that has none.
create table image (
    manifest_id bigint primary key references manifest on delete cascade,
    created_at  timestamptz,
    fault       text
);

-- Names in an order that people expect: a run of digits is a number, however long.
create function natural_key(name text) returns text language sql immutable parallel safe as $$
    select string_agg(case when part[1] ~ '^[0-9]'
                           then lpad(length(ltrim(part[1], '0'))::text, 3, '0') || ltrim(part[1], '0') else part[1] end,
                      '' order by place)
    from regexp_matches(name, '[0-9]+|[^0-9]+', 'g') with ordinality as found (part, place)
$$;

-- What the rules say of the tags of a repository that they are for. A tag goes where a pattern asks for it and nothing
-- keeps it. rules: [{"number", "among": [expressions], "newest", "order", "younger": seconds or null, "by",
-- "pulled": seconds or null, "protect": [expressions]}].
create function retention_of(of_repository bigint, rules jsonb)
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
                   select max(p.last_at) from registry.pull p
                   where p.repository = (select name from registry.repository where id = of_repository)
                     and p.digest = m.digest) end as last_pull
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

-- Why a tag went by itself.
create table retention_decision (
    id          bigint generated always as identity primary key,
    occurred_at timestamptz not null default clock_timestamp(),
    epoch       smallint not null default 1 check (epoch >= 0),
    tx          xid8 not null default pg_current_xact_id(),
    run         uuid not null,
    repository  varchar(255) collate "C" not null,
    tag         varchar(128) collate "C" not null,
    digest      varchar(135) collate "C" not null,
    rule        int not null,
    pattern     text not null,
    rank        bigint not null,
    members     bigint not null,
    created_at  timestamptz,
    last_pull   timestamptz,
    reason      text not null
);
create index retention_decision_by_tag on retention_decision (repository, tag, id desc);
create index retention_decision_in_order on retention_decision (epoch, tx, id);
create index retention_decision_by_time on retention_decision (occurred_at);
create trigger retention_decision_is_append_only before update or delete or truncate on retention_decision
    for each statement execute function refuse_change_of_history();
do $$ begin
    execute format('alter table retention_decision alter column epoch set default %s',
                   (select max(epoch) from registry.database_cluster));
end $$;

-- These decisions are sealed as well.
alter table batch drop constraint batch_record_check;
alter table batch add constraint batch_record_check
    check (record in ('event', 'denial', 'config_change', 'retention_decision'));

create function retention_decision_bytes(d retention_decision) returns bytea language sql immutable parallel safe as $$
    select convert_to('1 ' || registry.canonical(d.id::text) || registry.canonical(d.occurred_at)
        || registry.canonical(d.epoch::text) || registry.canonical(d.tx::text) || registry.canonical(d.run::text)
        || registry.canonical(d.repository) || registry.canonical(d.tag) || registry.canonical(d.digest)
        || registry.canonical(d.rule::text) || registry.canonical(d.pattern) || registry.canonical(d.rank::text)
        || registry.canonical(d.members::text) || registry.canonical(d.created_at) || registry.canonical(d.last_pull)
        || registry.canonical(d.reason), 'UTF8')
$$;

create view audit.retention_decision as
select id, occurred_at, run::text as request_id, repository, tag, digest, rule, pattern, rank, members, created_at, last_pull,
       reason
from registry.retention_decision;
comment on view audit.retention_decision is 'One row a tag that went by a rule of retention; audit.delete has it as well';
comment on column audit.delete.auth_method is
    'token, htpasswd or silly; retention for a tag that went by a rule; null when nobody was asked who they are';
comment on column audit.tag_history.auth_method is
    'token, htpasswd or silly; command for a tag that was restored; null when nobody was asked who they are';
comment on column audit.tag_move.auth_method is
    'token, htpasswd or silly; command for a tag that was restored; null when nobody was asked who they are';
comment on column audit.retention_decision.request_id is 'The same for all of a run, here and in audit.delete';
comment on column audit.retention_decision.digest is 'What it named';
comment on column audit.retention_decision.rule is 'The number of the rule in the configuration of that time, from 1';
comment on column audit.retention_decision.pattern is 'Of the group in which it stood nearest to those that stay; a regular expression';
comment on column audit.retention_decision.rank is 'Its place in that group, from 1: the newest';
comment on column audit.retention_decision.members is 'How many tags that group had';
comment on column audit.retention_decision.created_at is 'When the image says it was made; null when no rule asks, or it does not say';
comment on column audit.retention_decision.last_pull is 'When it was last pulled, as far as is recorded; null: never';
comment on column audit.retention_decision.reason is 'The decision in words';
