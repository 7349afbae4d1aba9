-- When the bytes of a blob were last hashed and found right: by the push that brought them, or a later one. Null: never since
-- this registry knows them.
alter table blob add column verified_at timestamptz;
