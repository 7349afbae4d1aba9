-- A move of all blobs to another storage: which number that one bears, and what lies there so far. A key is used once, so that the
-- copy of what lies under one stays that. Where the move ends, the rows of the blobs take the keys of their copies, all at once.
create table migration (
    identity    uuid primary key default gen_random_uuid(),
    begun_at    timestamptz not null default now(),
    finished_at timestamptz
);
create unique index migration_one_at_a_time on migration ((finished_at is null)) where finished_at is null;

create table migrated_blob (
    source_key  text primary key,
    storage_key text not null unique,
    size        bigint not null,
    migration   uuid not null references migration
);
