-- A dump that was restored into another cluster bears the number of the same storage. Only the cluster that took the storage
-- deletes in it.
alter table storage_identity add column system_identifier bigint;
update storage_identity set system_identifier = (select system_identifier from pg_control_system()) where placed;
