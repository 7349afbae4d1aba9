-- A burned name takes no other digest, though its tag was deleted: what it named is known by its row in deleted. Adding the tag
-- locks the name before that is looked at.
drop function add_tag(bigint, text, bigint);
create function add_tag(of_repository bigint, of_name text, of_manifest bigint, burns boolean default false)
returns timestamptz language plpgsql as $$
declare
    moment timestamptz;
    gone   deleted;
begin
    insert into tag (repository_id, name, manifest_id, moved_at) values (of_repository, of_name, of_manifest, clock_timestamp())
    on conflict do nothing returning moved_at into moment;
    if moment is null then
        return null;
    end if;
    delete from deleted where name = of_name and repository_id = of_repository and kind = 'tag' returning * into gone;
    if burns and gone.digest <> (select digest from manifest where id = of_manifest) then
        raise exception using errcode = 'LTAG1', message = gone.digest;
    end if;
    if gone.deleted_at >= moment then
        update tag set moved_at = gone.deleted_at + interval '1 microsecond'
        where repository_id = of_repository and name = of_name returning moved_at into moment;
    end if;
    return moment;
end $$;
