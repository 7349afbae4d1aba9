-- Which medium belongs to this database: its number is written to the medium too. Nothing is collected where they differ.
create table storage_identity (
    only_row boolean primary key default true check (only_row),
    identity uuid not null default gen_random_uuid(),
    placed   boolean not null default false
);
insert into storage_identity default values;

-- What is broken, as the last check saw it. A row goes when a later check finds the thing in order.
create table integrity (
    fault    varchar(32) not null check (fault in ('lost-bytes', 'unknown-bytes', 'undeletable-bytes', 'not-reviewed')),
    thing    text not null,
    size     bigint not null,
    found_at timestamptz not null default now(),
    seen_at  timestamptz not null default now(),
    primary key (fault, thing)
);

create view audit.integrity as select fault, thing, size, found_at, seen_at from integrity;

comment on view audit.integrity is 'One row a thing that is broken, as the last registry check or the weekly one saw it; empty where all is well';
comment on column audit.integrity.fault is 'lost-bytes: a blob whose bytes are not in the storage, or too few; unknown-bytes: bytes in the storage that no row knows; undeletable-bytes: bytes of a collected blob that ten times could not be deleted; not-reviewed: what nothing refers to, and collection would have missed';
comment on column audit.integrity.thing is 'The digest of a blob, the key of bytes below the root of the storage, or manifest, link or blob with what it is called';
comment on column audit.integrity.size is 'Bytes';
comment on column audit.integrity.found_at is 'When a check saw it first';
comment on column audit.integrity.seen_at is 'When a check saw it last';
