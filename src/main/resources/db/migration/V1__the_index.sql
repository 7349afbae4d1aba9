-- The index of the registry. Names and digests sort by bytes: "C" is the order the distribution specification asks
-- for, and it never changes with the operating system's locales.

create table repository (
    id         bigint generated always as identity primary key,
    name       varchar(255) collate "C" not null unique,
    created_at timestamptz not null default now()
);

-- A row here means that the bytes are durable under storage_key (invariant I1 of the README).
create table blob (
    id          bigint generated always as identity primary key,
    digest      varchar(135) collate "C" not null unique,
    size        bigint not null check (size >= 0),
    storage_key text not null unique,
    created_at  timestamptz not null default now()
);

-- A blob is visible in a repository through its row here and in no other way.
create table repository_blob (
    repository_id bigint not null references repository,
    blob_id       bigint not null references blob,
    linked_at     timestamptz not null default now(),
    primary key (repository_id, blob_id)
);
create index repository_blob_by_blob on repository_blob (blob_id);

create table manifest (
    id             bigint generated always as identity primary key,
    repository_id  bigint not null references repository,
    digest         varchar(135) collate "C" not null,
    media_type     varchar(255) not null,
    artifact_type  varchar(255),
    subject_digest varchar(135) collate "C",
    payload        bytea not null,
    pushed_at      timestamptz not null default now(),
    unique (repository_id, digest),
    unique (repository_id, id)
);
create index manifest_by_subject on manifest (repository_id, subject_digest, id) where subject_digest is not null;

-- The foreign key is the referee between a manifest that is being pushed and a blob that is being unlinked: whichever
-- commits first wins, and the other one is told.
create table manifest_blob (
    manifest_id   bigint not null,
    repository_id bigint not null,
    blob_id       bigint not null,
    primary key (manifest_id, blob_id),
    foreign key (repository_id, manifest_id) references manifest (repository_id, id) on delete cascade,
    foreign key (repository_id, blob_id) references repository_blob (repository_id, blob_id)
);
create index manifest_blob_by_blob on manifest_blob (repository_id, blob_id);

create table manifest_reference (
    parent_id bigint not null references manifest on delete cascade,
    child_id  bigint not null references manifest,
    primary key (parent_id, child_id)
);
create index manifest_reference_by_child on manifest_reference (child_id);

create table tag (
    repository_id bigint not null,
    name          varchar(128) collate "C" not null,
    manifest_id   bigint not null,
    moved_at      timestamptz not null default now(),
    primary key (repository_id, name),
    foreign key (repository_id, manifest_id) references manifest (repository_id, id)
);
create index tag_by_manifest on tag (repository_id, manifest_id);

-- An upload session. size is what has been acknowledged to the client; segments holds how many bytes of each segment
-- count; writer is the number of the latest writer, and writing is true from its first byte to its release.
create table upload (
    id            uuid primary key,
    repository_id bigint not null references repository,
    size          bigint not null default 0,
    segments      bigint[] not null default '{}',
    writer        bigint not null default 0,
    writing       boolean not null default false,
    digest        varchar(135) collate "C",
    started_at    timestamptz not null default now(),
    touched_at    timestamptz not null default now()
);
create index upload_by_age on upload (touched_at);

-- What was done, by whom, from where. Written in the transaction that does it.
create table event (
    id              bigint generated always as identity primary key,
    occurred_at     timestamptz not null default clock_timestamp(),
    action          varchar(32) not null check (action in
        ('blob.push', 'blob.mount', 'blob.delete', 'manifest.push', 'manifest.delete', 'tag.delete')),
    repository      varchar(255) collate "C" not null,
    tag             varchar(128) collate "C",
    digest          varchar(135) collate "C" not null,
    previous_digest varchar(135) collate "C",
    media_type      varchar(255),
    size            bigint,
    actor           text,
    client_address  inet,
    user_agent      text,
    request_id      text not null
);
create index event_by_repository on event (repository, tag, id desc);
create index event_by_time on event (occurred_at);

create function refuse_change_of_history() returns trigger language plpgsql as $$
begin
    raise exception 'events are append-only' using errcode = 'insufficient_privilege';
end $$;

create trigger event_is_append_only before update or delete or truncate on event
    for each statement execute function refuse_change_of_history();
