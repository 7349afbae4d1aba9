package com.laincloud.registry.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the role that serves may do where the tables belong to another. */
@ExtendWith(TemporaryDatabase.Extension.class)
class ApplicationRoleTest {

    private final TemporaryDatabase database;

    ApplicationRoleTest(TemporaryDatabase database) {
        this.database = database;
    }

    private List<String> serving(String statement) {
        return TemporaryDatabase.sql(database.connections(), statement);
    }

    private void assertRefused(String statement) {
        assertThatThrownBy(() -> serving(statement))
                .as(statement)
                .hasMessageMatching("(?s).*(permission denied|must be owner).*");
    }

    private List<String> tables(String condition) {
        return database.sql("""
                select 'registry.' || relname from pg_class c
                where relnamespace = 'registry'::regnamespace and relkind in ('r', 'p') and not relispartition
                  and relname not in ('flyway_schema_history', 'client') and %s
                order by 1""".formatted(condition));
    }

    private static String isRecord() {
        return "(relname in ('database_cluster', 'push_day', 'renaming') or exists (select from pg_trigger t"
                + " where t.tgrelid = c.oid and t.tgfoid = 'registry.refuse_change_of_history'::regproc))";
    }

    @Test
    void toTheRecordItOnlyAdds() {
        assertOnlyAddsToTheRecord();
    }

    private void assertOnlyAddsToTheRecord() {
        List<String> record = tables(isRecord());

        assertThat(record)
                .contains("registry.event", "registry.denial", "registry.config_change", "registry.batch")
                .contains("registry.retention_decision", "registry.adopted_event");
        for (String table : record) {
            serving("select * from " + table);
            assertRefused("delete from " + table);
            assertRefused("truncate " + table);
            assertRefused("drop table " + table);
            assertRefused("alter table " + table + " disable trigger all");
        }
        assertRefused("insert into registry.batch select * from registry.batch");
        assertRefused("insert into registry.database_cluster (epoch, system_identifier) values (32767, 0)");
        assertRefused("insert into registry.push_day select * from registry.push_day");
        assertRefused("select registry.seal('event', date '2026-01-01', 1)");
        assertRefused("update registry.event set actor = 'ann'");
        assertRefused("select registry.drop_event_month(date '2026-01-01')");
        assertRefused("delete from registry.event_default");
    }

    @Test
    void allOtherTablesItChanges() {
        assertChangesAllOthers();
    }

    private void assertChangesAllOthers() {
        List<String> others = tables("not " + isRecord());

        assertThat(others).contains("registry.tag", "registry.manifest", "registry.blob", "registry.upload");
        for (String table : others) {
            assertThat(database.sql("""
                            select right_name from unnest('{select,insert,update,delete}'::text[]) as right_name
                            where not has_table_privilege('registry_application', '%s', right_name)""".formatted(table))).as(table).isEmpty();
            assertRefused("alter table " + table + " add column more text");
        }
        assertThat(serving("select count(*) from audit.push")).containsExactly("0");
    }

    @Test
    void itMakesNothingOfItsOwn() {
        assertRefused("create table registry.mine (id int)");
        assertRefused("create table audit.mine (id int)");
        assertRefused("create table public.mine (id int)");
        assertRefused("create temporary table mine (id int)");
        assertRefused("set role registry");
    }

    @Test
    void rightsItHadBeforeAreTakenBack() {
        database.sql("grant all on all tables in schema registry to registry_application");

        database.migrate();

        assertOnlyAddsToTheRecord();
        assertChangesAllOthers();
    }

    @Test
    void itIsKnownWhetherTheRecordIsKeptByTriggersAlone() {
        assertThat(new Migration(database.owner(), database.connections()).servesAsOwner())
                .isFalse();

        Migration ofOne = new Migration(database.owner(), database.owner());
        ofOne.migrate();

        assertThat(ofOne.servesAsOwner()).isTrue();
    }
}
