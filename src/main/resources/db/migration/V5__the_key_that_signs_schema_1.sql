-- The one key that all registries on this database sign rewritten manifests with, as a private JSON Web Key. It proves to a
-- client that nothing was changed on the way, and no more: clients take any key that stands beside a signature.
create table schema1_signing_key (
    id         boolean primary key default true check (id),
    jwk        text not null,
    created_at timestamptz not null default now()
);
