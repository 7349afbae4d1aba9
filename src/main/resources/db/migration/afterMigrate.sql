-- A database that was restored from a dump lives in another cluster, whose transaction numbers begin anew: what is recorded
-- there belongs to a new epoch.
do $$
declare
    here bigint := (select system_identifier from pg_control_system());
    next smallint;
    record text;
begin
    if to_regclass('registry.database_cluster') is null then
        return;
    end if;
    if here = (select system_identifier from registry.database_cluster order by epoch desc limit 1) then
        return;
    end if;
    lock table registry.database_cluster in exclusive mode;
    if here = (select system_identifier from registry.database_cluster order by epoch desc limit 1) then
        return;
    end if;
    next := 1 + (select max(epoch) from registry.database_cluster);
    insert into registry.database_cluster (epoch, system_identifier) values (next, here);
    for record in select unnest(array['event', 'denial', 'config_change', 'retention_decision']) loop
        if to_regclass('registry.' || record) is not null then
            execute format('alter table registry.%I alter column epoch set default %s', record, next);
        end if;
    end loop;
end $$;
