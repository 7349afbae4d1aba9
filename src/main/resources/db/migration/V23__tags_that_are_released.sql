-- A release moves tags to manifests that are there already.
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
                   and n.action in ('manifest.push', 'tag.delete', 'tag.restore', 'tag.release')
                   and n.previous_digest is distinct from n.digest
                 order by n.occurred_at, n.id limit 1)) as until,
       actor, client_address, case when adopted then 'import' else request_id::text end as request_id, auth_method
from registry.history h
where tag is not null and action in ('manifest.push', 'tag.restore', 'tag.release')
  and previous_digest is distinct from digest;

create or replace view audit.tag_move as
select e.id, occurred_at, repository, tag, previous_digest, digest, actor, client_address, c.user_agent,
       request_id::text as request_id, auth_method
from registry.event e left join registry.client c on c.id = e.client
where tag is not null and action in ('manifest.push', 'tag.restore', 'tag.release') and previous_digest <> digest;
