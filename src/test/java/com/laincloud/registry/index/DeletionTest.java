package com.laincloud.registry.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.database.TemporaryDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the triggers of the schema do when the last manifest of a repository goes. */
@ExtendWith(TemporaryDatabase.Extension.class)
class DeletionTest {

    private final TemporaryDatabase database;

    DeletionTest(TemporaryDatabase database) {
        this.database = database;
        database.sql("insert into repository (name) values ('a')");
        database.sql("""
                insert into manifest (repository_id, digest, media_type, payload)
                select id, 'sha256:' || n, 'a/b', '' from repository, generate_series(1, 2) as n""");
    }

    @Test
    void aRepositoryWithoutManifestsIsNotInTheCatalog() {
        database.sql("delete from manifest where digest = 'sha256:1'");
        assertThat(database.sql("select populated from repository")).containsExactly("t");

        database.sql("delete from manifest where digest = 'sha256:2'");
        assertThat(database.sql("select populated from repository")).containsExactly("f");
    }

    @Test
    void aDeletionWaitsForNoLockThatAnotherRoleCanHold() throws SQLException {
        try (Connection auditor = database.owner().getConnection();
                Statement lock = auditor.createStatement()) {
            // where a deletion waited before
            lock.execute("select pg_advisory_lock(hashtextextended('repository_lost_manifests', id)) from repository");
            lock.execute("select pg_advisory_lock_shared(n) from generate_series(1, 10) as n");

            database.sql("set lock_timeout = '2s'; delete from manifest");
        }
        assertThat(database.sql("select populated from repository")).containsExactly("f");
    }

    @Test
    void ofTwoDeletionsAtOnceTheSecondFindsTheRepositoryEmpty() throws Exception {
        try (Connection first = database.connections().getConnection();
                Statement deletion = first.createStatement()) {
            first.setAutoCommit(false);
            deletion.execute("delete from manifest where digest = 'sha256:1'");
            Thread second =
                    Thread.ofPlatform().start(() -> database.sql("delete from manifest where digest = 'sha256:2'"));
            while (database.sql("select from pg_locks where not granted").isEmpty()) {
                Thread.sleep(10);
            }
            first.commit();
            second.join();
        }
        assertThat(database.sql("select populated from repository")).containsExactly("f");
    }
}
