-- The catalog shows repositories that hold manifests. Which these are is kept with the repository, so that a page of the
-- catalog costs the same however many repositories are empty. True may be out of date while something else happens in a
-- repository just as its last manifest is deleted, so the catalog looks at the manifests as well; false never is.
alter table repository add column populated boolean not null default false;

update repository r set populated = true where exists (select from manifest m where m.repository_id = r.id);

create index repository_in_catalog on repository (name) where populated;

create function repository_gained_manifests() returns trigger language plpgsql as $$
begin
    update repository set populated = true
    where id in (select repository_id from new_manifest) and not populated;
    return null;
end $$;

create trigger manifest_populates_repository after insert on manifest
    referencing new table as new_manifest
    for each statement execute function repository_gained_manifests();

-- Each statement below sees what was committed before it began. Those who delete wait for each other, so that the last one
-- finds the repository empty; they do so apart from the repository's row, which may be locked by somebody who waits for a
-- tag that was deleted here. Nobody waits for the row itself: whoever inserts a manifest holds it (by its foreign key) until
-- the end of the transaction, and where that is so, the repository stays populated.
create function repository_lost_manifests() returns trigger language plpgsql as $$
declare
    candidate bigint;
begin
    for candidate in select distinct repository_id from old_manifest order by repository_id loop
        perform pg_advisory_xact_lock(hashtextextended('repository_lost_manifests', candidate));
        perform from repository where id = candidate for update skip locked;
        if found then
            update repository set populated = false
            where id = candidate and not exists (select from manifest where repository_id = candidate);
        end if;
    end loop;
    return null;
end $$;

create trigger manifest_leaves_repository after delete on manifest
    referencing old table as old_manifest
    for each statement execute function repository_lost_manifests();

-- Referrers of one subject are listed in the order they were pushed, all or those of one type.
create index manifest_by_subject_and_type on manifest (repository_id, subject_digest, artifact_type, id)
    where subject_digest is not null;

-- What a manifest refers to and was not in the repository when it was pushed, where the settings allow that. Should it
-- come later, it is protected like everything else that is referred to.
create table missing_reference (
    manifest_id   bigint not null,
    repository_id bigint not null,
    digest        varchar(135) collate "C" not null,
    primary key (manifest_id, digest),
    foreign key (repository_id, manifest_id) references manifest (repository_id, id) on delete cascade
);
create index missing_reference_by_digest on missing_reference (repository_id, digest);

-- The repositories that show a blob, one after the other.
create index repository_blob_by_blob_and_repository on repository_blob (blob_id, repository_id);
drop index repository_blob_by_blob;
