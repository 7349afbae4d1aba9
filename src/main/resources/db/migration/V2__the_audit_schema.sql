-- The audit schema is an interface: its views keep their columns and meanings from one version to the next.
create schema audit;
comment on schema audit is 'What happened in this registry, for reading with SQL';

create view audit.push as
select id, occurred_at, repository, tag, digest, previous_digest, media_type, size, actor, client_address, user_agent,
       request_id
from event
where action = 'manifest.push';

comment on view audit.push is 'One row a manifest put, whether it created or moved a tag, or neither';
comment on column audit.push.id is 'Grows with every event; the rows of one tag are in the order they took effect';
comment on column audit.push.occurred_at is 'The clock of the database when the row was written';
comment on column audit.push.repository is 'For example library/debian';
comment on column audit.push.tag is 'Null when the manifest was put by its digest';
comment on column audit.push.digest is 'For example sha256:6c3c624b…';
comment on column audit.push.previous_digest is 'What the tag named until then; null when it was new';
comment on column audit.push.media_type is 'For example application/vnd.oci.image.manifest.v1+json';
comment on column audit.push.size is 'Bytes of the manifest itself, without its layers';
comment on column audit.push.actor is 'Who was authenticated; null when the registry asks nobody who they are';
comment on column audit.push.client_address is 'Where the request came from, behind trusted proxies only';
comment on column audit.push.user_agent is 'What the client calls itself, at most 512 characters';
comment on column audit.push.request_id is 'The same as in the access log and in the X-Request-Id of the answer';

create view audit.blob_push as
select id, occurred_at, repository, digest, size, action = 'blob.mount' as mounted, actor, client_address, user_agent,
       request_id
from event
where action in ('blob.push', 'blob.mount');

comment on view audit.blob_push is 'One row a blob that came into a repository, by upload or by mount from another one';
comment on column audit.blob_push.size is 'Bytes of the blob';
comment on column audit.blob_push.mounted is 'True when no byte was sent: the blob was linked from another repository';

create view audit.delete as
select id, occurred_at, repository, split_part(action, '.', 1) as kind, tag, digest, actor, client_address, user_agent,
       request_id
from event
where action in ('tag.delete', 'manifest.delete', 'blob.delete');

comment on view audit.delete is 'One row a tag, manifest or blob taken out of a repository';
comment on column audit.delete.kind is 'tag, manifest or blob; deleting a manifest deletes its tags, a row each';

create view audit.tag_history as
select repository, tag, digest, since, until, actor, client_address, request_id
from (select repository, tag, digest, action, occurred_at as since,
             lead(occurred_at) over (partition by repository, tag order by id) as until,
             actor, client_address, request_id
      from event
      where tag is not null and action in ('manifest.push', 'tag.delete')) as binding
where action = 'manifest.push';

comment on view audit.tag_history is 'What each tag named, from when until when (null: still)';

do $$
begin
    if exists (select from pg_roles where rolname = 'registry_auditor') then
        grant usage on schema audit to registry_auditor;
        grant select on all tables in schema audit to registry_auditor;
        alter default privileges in schema audit grant select on tables to registry_auditor;
    end if;
end $$;
