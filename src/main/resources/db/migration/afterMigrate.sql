-- At every start. Registries that start at once take turns.
set local lock_timeout = '2s';
do $$
declare
    here       bigint := (select system_identifier from pg_control_system());
    next       smallint;
    record     text;
    missing    record;
    unreadable text;
    owner      name;
    relation   record;
begin
    if to_regclass('registry.database_cluster') is null then
        return;
    end if;
    select tableowner into owner from pg_tables where schemaname = 'registry' and tablename = 'event';
    if not pg_has_role(owner, 'member') then
        raise exception 'the tables belong to %, which is the one that database.owner.username has to be', owner;
    end if;
    lock table registry.database_cluster in exclusive mode;

    -- A database that was restored from a dump lives in another cluster, whose transaction numbers begin anew: what is
    -- recorded there belongs to a new epoch.
    if here <> (select system_identifier from registry.database_cluster order by epoch desc limit 1) then
        next := 1 + (select max(epoch) from registry.database_cluster);
        insert into registry.database_cluster (epoch, system_identifier) values (next, here);
        -- Upload sessions of the dump may still be written where it is from, with the same bytes in the same storage.
        delete from registry.upload;
        for record in select unnest(array['event', 'denial', 'config_change', 'retention_decision']) loop
            if to_regclass('registry.' || record) is not null then
                execute format('alter table registry.%I alter column epoch set default %s', record, next);
            end if;
        end loop;
    end if;

    -- What columns of these names mean in each view that does not say otherwise.
    for missing in
        select c.relname, a.attname, known.meaning
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        join (values
            ('id', 'Grows with every event; the rows of one tag are in the order they took effect'),
            ('occurred_at', 'The clock of the database when the row was written, with microseconds; of one tag, later than each change before'),
            ('repository', 'For example library/debian'),
            ('tag', 'For example latest'),
            ('digest', 'For example sha256:6c3c624b…'),
            ('media_type', 'For example application/vnd.oci.image.manifest.v1+json'),
            ('actor', 'Who was authenticated, for example ann; null without authentication, or if a token names no subject'),
            ('auth_method', 'token, htpasswd or silly; null without authentication'),
            ('client_address', 'Where the request came from, behind trusted proxies only, for example 10.0.0.1'),
            ('user_agent', 'What the client calls itself, at most 512 characters'),
            ('request_id', 'The same as in the access log and in the X-Request-Id of the answer')
        ) as known (name, meaning) on known.name = a.attname
        where c.relnamespace = 'audit'::regnamespace and c.relkind = 'v' and col_description(c.oid, a.attnum) is null
    loop
        execute format('comment on column audit.%I.%I is %L', missing.relname, missing.attname, missing.meaning);
    end loop;

    -- The role that serves, where another owns the tables: it changes what is in them, but to the record it only adds, and what is
    -- sealed is the owner's. Rights it has beyond that are of a time before.
    if '${application}' <> current_user then
        execute format('grant usage on schema registry, audit to %I', '${application}');
        for relation in
            select case c.relkind when 'S' then 'sequence ' else 'table ' end || c.oid::regclass as name, needed.rights,
                   array(select lower(privilege_type) from aclexplode(c.relacl)
                         where grantee = (select oid from pg_roles where rolname = '${application}')) as has
            from pg_class c
            cross join lateral (select string_to_array(case
                when c.relispartition then '' -- by way of the table they are parts of
                when c.relkind = 'S' then 'usage'
                when c.relkind = 'v' or c.relname in ('flyway_schema_history', 'database_cluster', 'batch', 'dropped_month', 'push_day')
                    then 'select'
                when c.relname = 'renaming' or exists (
                        select from pg_trigger t
                        where t.tgrelid = c.oid and t.tgfoid = 'registry.refuse_change_of_history'::regproc)
                    then 'select,insert'
                else 'select,insert,update,delete' end, ',') as rights) as needed
            where c.relnamespace in ('registry'::regnamespace, 'audit'::regnamespace)
              and c.relkind in ('r', 'p', 'v', 'S')
        loop
            if not relation.has @> relation.rights then
                execute format('grant %s on %s to %I', array_to_string(relation.rights, ','), relation.name, '${application}');
            end if;
            if not relation.rights @> relation.has then
                execute format('revoke %s on %s from %I',
                    (select string_agg(held, ',') from unnest(relation.has) as held where held <> all (relation.rights)),
                    relation.name, '${application}');
            end if;
        end loop;
    end if;

    -- The auditor reads the views that are new, also where the role came after them.
    if exists (select from pg_roles where rolname = 'registry_auditor') then
        if not has_schema_privilege('registry_auditor', 'audit', 'usage') then
            grant usage on schema audit to registry_auditor;
        end if;
        for unreadable in
            select relname from pg_class
            where relnamespace = 'audit'::regnamespace and relkind = 'v'
              and not has_table_privilege('registry_auditor', oid, 'select')
        loop
            execute format('grant select on audit.%I to registry_auditor', unreadable);
        end loop;
    end if;
end $$;
