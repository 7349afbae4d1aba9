-- A look-up by a repository and something in it has one index that begins with the repository: the one of its whole key.
-- Where there were two, a planner that believed a repository to be small took either, and read all of the repository.
drop index tag_by_manifest;
create index tag_by_manifest on tag (manifest_id);

drop index manifest_blob_by_blob;
create index manifest_blob_by_blob on manifest_blob (blob_id, repository_id);

drop index missing_reference_by_digest;
create index missing_reference_by_digest on missing_reference (digest, repository_id);

alter table manifest_blob drop constraint manifest_blob_repository_id_manifest_id_fkey;
alter table tag drop constraint tag_repository_id_manifest_id_fkey;
alter table missing_reference drop constraint missing_reference_repository_id_manifest_id_fkey;
alter table manifest drop constraint manifest_repository_id_id_key;
alter table manifest add unique (id, repository_id);
alter table manifest_blob add foreign key (manifest_id, repository_id) references manifest (id, repository_id)
    on delete cascade;
alter table tag add foreign key (manifest_id, repository_id) references manifest (id, repository_id);
alter table missing_reference add foreign key (manifest_id, repository_id) references manifest (id, repository_id)
    on delete cascade;
