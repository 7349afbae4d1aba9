-- How somebody was authenticated, beside who it was; and what was denied to whom.

alter table event add column auth_method varchar(16);

create table denial (
    id             bigint generated always as identity primary key,
    occurred_at    timestamptz not null default clock_timestamp(),
    repository     varchar(255) collate "C",
    scope          text not null,
    reason         varchar(32) not null check (reason in ('wrong password', 'invalid token', 'insufficient scope')),
    detail         text not null,
    repeated       bigint not null default 0 check (repeated >= 0),
    actor          text,
    auth_method    varchar(16),
    client_address inet,
    user_agent     text,
    request_id     text not null
);
create index denial_by_time on denial (occurred_at);

create trigger denial_is_append_only before update or delete or truncate on denial
    for each statement execute function refuse_change_of_history();

create or replace view audit.push as
select id, occurred_at, repository, tag, digest, previous_digest, media_type, size, actor, client_address, user_agent,
       request_id, auth_method
from event
where action = 'manifest.push';

create or replace view audit.blob_push as
select id, occurred_at, repository, digest, size, action = 'blob.mount' as mounted, actor, client_address, user_agent,
       request_id, auth_method
from event
where action in ('blob.push', 'blob.mount');

create or replace view audit.delete as
select id, occurred_at, repository, split_part(action, '.', 1) as kind, tag, digest, actor, client_address, user_agent,
       request_id, auth_method
from event
where action in ('tag.delete', 'manifest.delete', 'blob.delete');

-- What came with an adopted tree is older than what was done here, whenever it was imported.
create or replace view audit.tag_history as
select repository, tag, digest, since, until, actor, client_address, request_id, auth_method
from (select repository, tag, digest, action, occurred_at as since,
             lead(occurred_at) over (partition by repository, tag order by
                 request_id <> 'import', case when request_id = 'import' then occurred_at end, id) as until,
             actor, client_address, request_id, auth_method
      from event
      where tag is not null and action in ('manifest.push', 'tag.delete')) as binding
where action = 'manifest.push';

comment on column audit.push.auth_method is 'token, htpasswd or silly; null when nobody was asked who they are';
comment on column audit.push.actor is 'Who was authenticated; null when nobody was asked, or a token named nobody';

create view audit.denied as
select id, occurred_at, repository, scope, reason, detail, repeated, actor, auth_method, client_address, user_agent,
       request_id
from denial;

comment on view audit.denied is
    'What was denied to those who showed credentials; equal denials are one row a minute, and requests without credentials none';
comment on column audit.denied.occurred_at is 'The clock of the database when the row was written';
comment on column audit.denied.repository is 'Null for what concerns the whole registry';
comment on column audit.denied.scope is 'What was needed, for example repository:library/debian:pull,push';
comment on column audit.denied.reason is 'wrong password, invalid token or insufficient scope';
comment on column audit.denied.detail is 'The reason in a sentence, for example: the token has expired';
comment on column audit.denied.repeated is
    'How many equal denials there were before this one, after the row before, that have no row of their own; at least';
comment on column audit.denied.actor is
    'Who was authenticated; for a wrong password, who the client said to be; null for an invalid token';
comment on column audit.denied.auth_method is 'token, htpasswd or silly; null when nobody could be authenticated';
comment on column audit.denied.client_address is 'Where the request came from, behind trusted proxies only';
comment on column audit.denied.user_agent is 'What the client calls itself, at most 512 characters';
comment on column audit.denied.request_id is 'The same as in the access log and in the X-Request-Id of the answer';
