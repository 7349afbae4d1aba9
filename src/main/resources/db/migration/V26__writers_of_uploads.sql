-- A writer is known by a random number: one that counts is given out twice when a crash takes back a commit that was not waited
-- for. A segment is named by the writer that began it; those of before keep their names, which are places in the list. The hash
-- of what was acknowledged goes with the row, so that another process goes on with it.
alter table upload
    alter column writer drop default,
    alter column writer drop not null,
    alter column writer type uuid using null,
    add column segment_names text[] not null default '{}',
    add column hash bytea;

update upload set segment_names = coalesce(
    (select array_agg((place - 1)::text order by place) from generate_subscripts(segments, 1) as place), '{}');

alter table upload add check (cardinality(segment_names) = cardinality(segments));
