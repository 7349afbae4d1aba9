-- A database that was restored from a dump lives in another cluster, whose transaction numbers begin anew: what is recorded
-- there belongs to a new epoch.
do $$
declare
    here bigint := (select system_identifier from pg_control_system());
    next smallint;
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
    execute format('alter table registry.event alter column epoch set default %s', next);
    execute format('alter table registry.denial alter column epoch set default %s', next);
    execute format('alter table registry.config_change alter column epoch set default %s', next);
end $$;
