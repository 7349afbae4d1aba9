-- How the registry was configured, and who tried to change it. Written when the change takes effect or is refused, and at a
-- start for what has changed since the last one.

create table config_change (
    id          bigint generated always as identity primary key,
    occurred_at timestamptz not null default clock_timestamp(),
    key         text collate "C" not null,
    old_value   text,
    new_value   text,
    source      text not null,
    live        boolean not null,
    accepted    boolean not null,
    reason      text,
    server      text,
    check (accepted = (reason is null))
);
create index config_change_by_key on config_change (key, id desc);
create index config_change_by_time on config_change (occurred_at);

create trigger config_change_is_append_only before update or delete or truncate on config_change
    for each statement execute function refuse_change_of_history();

create view audit.config_change as
select id, occurred_at, key, old_value, new_value, source, live, accepted, reason, server
from config_change;

comment on view audit.config_change is 'One row a setting that was changed, or that somebody tried to change';
comment on column audit.config_change.id is 'Grows with every row; the rows of one key are in the order they took effect';
comment on column audit.config_change.occurred_at is 'The clock of the database when the row was written';
comment on column audit.config_change.key is 'For example storage.delete.enabled';
comment on column audit.config_change.old_value is 'What it was; null when it was not set; ******** for secrets';
comment on column audit.config_change.new_value is 'What it is now; null when it is not set any more; ******** for secrets';
comment on column audit.config_change.source is 'Where the new value is from: etcd, environment, the file, defaults';
comment on column audit.config_change.live is 'True when it took effect at once; false when it waits for the next start';
comment on column audit.config_change.accepted is 'False when the whole change was refused and the old settings stayed';
comment on column audit.config_change.reason is 'Why it was refused: key, value, source, and what is allowed';
comment on column audit.config_change.server is 'The host name of the instance that was changed, where it has one';
