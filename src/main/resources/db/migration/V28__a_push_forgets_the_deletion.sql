-- What was deleted is forgotten by the one who puts it back, once it is there: in statements of their own, for one that had to
-- wait for the deletion does not see what the deletion noted. One who only finds it there leaves the note alone: the deletion
-- holds the thing and wants the note, so that one who holds the note must not want the thing.
create function add_link(of_repository bigint, of_blob bigint) returns boolean language plpgsql as $$
begin
    insert into repository_blob (repository_id, blob_id) values (of_repository, of_blob) on conflict do nothing;
    if not found then
        return false;
    end if;
    delete from deleted
    where digest = (select digest from blob where id = of_blob) and repository_id = of_repository and kind = 'blob';
    return true;
end $$;

create function add_manifest(of_repository bigint, of_digest text, of_media_type text, of_artifact_type text, of_subject text,
                             of_payload bytea)
returns bigint language plpgsql as $$
declare
    added bigint;
begin
    insert into manifest (repository_id, digest, media_type, artifact_type, subject_digest, payload)
    values (of_repository, of_digest, of_media_type, of_artifact_type, of_subject, of_payload)
    on conflict (repository_id, digest) do nothing returning id into added;
    if added is not null then
        delete from deleted where digest = of_digest and repository_id = of_repository and kind = 'manifest';
    end if;
    return added;
end $$;

-- Notes that were left though the thing is there. Those who delete at this moment wait, or what they note would go as well.
lock table deleted in share row exclusive mode;
delete from deleted d using repository_blob l join blob b on b.id = l.blob_id
where d.kind = 'blob' and d.repository_id = l.repository_id and d.digest = b.digest;
delete from deleted d using manifest m
where d.kind = 'manifest' and d.repository_id = m.repository_id and d.digest = m.digest;
