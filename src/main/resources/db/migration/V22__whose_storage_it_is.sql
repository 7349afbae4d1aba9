-- A dump that was restored into another cluster bears the number of the same storage. Only the cluster that took the storage
-- deletes in it.
alter table storage_identity add column system_identifier bigint;
-- Not the cluster that this runs in, which may be a copy already.
update storage_identity
set system_identifier = (select system_identifier from database_cluster order by epoch desc limit 1) where placed;
