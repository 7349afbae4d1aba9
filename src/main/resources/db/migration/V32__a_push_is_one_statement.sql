-- What a push of a manifest or a mount changes, in one statement, so that it waits for the database once and not once for each
-- part. Each statement inside sees what was committed before it began: one that waited for a lock sees what it waited for.
-- The plans are made once and kept. A planner that sees the few digests of each call would make a plan for each call.

-- The size of each blob that the repository shows, and whether another manifest of it refers to it, in the order of the digests;
-- null for one that it does not show. Those it shows are linked.
create function link_blobs(of_repository bigint, of_manifest bigint, digests text[], out sizes bigint[], out reused boolean[])
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
    with asked as materialized (
        select a.position, b.id, b.size from unnest(digests) with ordinality as a (digest, position)
        left join lateral (
            select id, size from blob
            where digest = a.digest
              and (select true from repository_blob where repository_id = of_repository and blob_id = blob.id)
            limit 1) as b on true
    ), linked as (
        insert into manifest_blob (manifest_id, repository_id, blob_id)
        select of_manifest, of_repository, id from asked where id is not null order by id
    )
    select array_agg(size order by position),
           array_agg(coalesce((select true from manifest_blob l
                               where l.blob_id = asked.id and l.repository_id = of_repository and l.manifest_id <> of_manifest
                               limit 1), false) order by position)
    into sizes, reused from asked;
end $$;

-- As before, but what it raises names the tag.
create or replace function add_tag(of_repository bigint, of_name text, of_manifest bigint, burns boolean default false)
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
        raise exception using errcode = 'LTAG1', message = of_name, detail = gone.digest;
    end if;
    if gone.deleted_at >= moment then
        update tag set moved_at = gone.deleted_at + interval '1 microsecond'
        where repository_id = of_repository and name = of_name returning moved_at into moment;
    end if;
    return moment;
end $$;

-- Makes a tag name a manifest, and tells what it named before (null for nothing), and since when it names this one: later than
-- any change before, whatever the clock says.
create function move_tag(of_repository bigint, of_name text, of_manifest bigint, burns boolean,
                         out previous text, out moment timestamptz)
language plpgsql as $$
declare
    named bigint;
begin
    loop
        moment := add_tag(of_repository, of_name, of_manifest, burns);
        exit when moment is not null;
        select manifest_id into named from tag where repository_id = of_repository and name = of_name for update;
        if found then -- or else it was deleted between the two statements
            select digest into strict previous from manifest where id = named;
            update tag set manifest_id = of_manifest, adopted = false,
                           moved_at = greatest(clock_timestamp(), moved_at + interval '1 microsecond')
            where repository_id = of_repository and name = of_name returning moved_at into moment;
            exit;
        end if;
    end loop;
end $$;

-- Adds a manifest with the links to its blobs, or locks the one that is there, and makes the tags name it, which have to be in
-- the order of their names. What is null: all, where there is no such repository; sizes and reused, where the manifest was there.
create function push_manifest(of_repository text, of_digest text, of_media_type text, of_artifact_type text, of_subject text,
                              of_payload bytea, of_blobs text[], of_tags text[], of_burned boolean[],
                              out repository_number bigint, out manifest_number bigint, out is_new boolean,
                              out sizes bigint[], out reused boolean[], out previous text[], out moments timestamptz[])
language plpgsql as $$
declare
    tag_before text;
    moved_at   timestamptz;
begin
    select id into repository_number from repository where name = of_repository;
    if repository_number is null then
        return;
    end if;
    loop
        manifest_number := add_manifest(
            repository_number, of_digest, of_media_type, of_artifact_type, of_subject, of_payload);
        is_new := manifest_number is not null;
        exit when is_new;
        select id into manifest_number from manifest
        where repository_id = repository_number and digest = of_digest for update;
        exit when found; -- or else it was deleted between the two statements
    end loop;
    if is_new then
        select l.sizes, l.reused into sizes, reused from link_blobs(repository_number, manifest_number, of_blobs) l;
    end if;
    for i in 1 .. cardinality(of_tags) loop
        select m.previous, m.moment into tag_before, moved_at
        from move_tag(repository_number, of_tags[i], manifest_number, of_burned[i]) m;
        previous[i] := tag_before;
        moments[i] := moved_at;
    end loop;
    if cardinality(of_tags) = 0 then
        insert into manifest_review (manifest_id) values (manifest_number);
    end if;
end $$;

-- Shows a stored blob in a repository, for that time at least. The blob's row is locked until the transaction ends, so that it
-- cannot be collected in between. False if it is not stored.
create function show_blob(of_repository bigint, of_digest text, at_least interval) returns boolean language plpgsql as $$
declare
    stored bigint;
begin
    loop
        select id into stored from blob where digest = of_digest for key share;
        if not found then
            return false;
        elsif add_link(of_repository, stored) then
            return true;
        elsif keep_link(of_repository, stored, at_least) then
            return true;
        end if; -- or else the link that was there was collected between the two statements
    end loop;
end $$;
