-- Those who delete manifests of one repository waited for each other at an advisory lock, which every role of the database
-- may hold for as long as it likes. Now they wait at a row, which only the registry's own role can reach. It refers to no
-- repository: the check of that would lock the repository's row, which may be locked by one who waits for a tag that was
-- deleted here.
create table repository_deletion (
    repository_id bigint primary key
);

create or replace function repository_lost_manifests() returns trigger language plpgsql as $$
declare
    candidate bigint;
begin
    for candidate in select distinct repository_id from old_manifest order by repository_id loop
        insert into repository_deletion (repository_id) values (candidate)
        on conflict (repository_id) do update set repository_id = excluded.repository_id;
        perform from repository where id = candidate for update skip locked;
        if found then
            update repository set populated = false
            where id = candidate and not exists (select from manifest where repository_id = candidate);
        end if;
    end loop;
    return null;
end $$;
