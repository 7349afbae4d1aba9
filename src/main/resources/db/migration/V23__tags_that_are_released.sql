-- A release moves tags to manifests that are there already; audit.tag_history follows with what is renamed.
create or replace view audit.tag_move as
select e.id, occurred_at, repository, tag, previous_digest, digest, actor, client_address, c.user_agent,
       request_id::text as request_id, auth_method
from registry.event e left join registry.client c on c.id = e.client
where tag is not null and action in ('manifest.push', 'tag.restore', 'tag.release') and previous_digest <> digest;
