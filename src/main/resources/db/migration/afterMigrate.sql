-- At every start. Registries that start at once take turns.
do $$
declare
    here       bigint := (select system_identifier from pg_control_system());
    next       smallint;
    record     text;
    missing    record;
    unreadable text;
begin
    if to_regclass('registry.database_cluster') is null then
        return;
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
            ('actor', 'Who was authenticated, for example ann; null when nobody was asked'),
            ('auth_method', 'token, htpasswd or silly; null when nobody was asked who they are'),
            ('client_address', 'Where the request came from, behind trusted proxies only, for example 10.0.0.1'),
            ('user_agent', 'What the client calls itself, at most 512 characters'),
            ('request_id', 'The same as in the access log and in the X-Request-Id of the answer')
        ) as known (name, meaning) on known.name = a.attname
        where c.relnamespace = 'audit'::regnamespace and c.relkind = 'v' and col_description(c.oid, a.attnum) is null
    loop
        execute format('comment on column audit.%I.%I is %L', missing.relname, missing.attname, missing.meaning);
    end loop;

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
