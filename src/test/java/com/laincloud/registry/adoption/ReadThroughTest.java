package com.laincloud.registry.adoption;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.storage.inmemory.EmptyTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A request looks for something, does not find it, and asks for it to be brought; a pass goes on meanwhile. */
@ExtendWith(TemporaryDatabase.Extension.class)
class ReadThroughTest {

    private static final RepositoryName REPOSITORY = new RepositoryName("library/app");

    private final TemporaryDatabase database;
    private final ReadThrough readThrough;

    ReadThroughTest(TemporaryDatabase database) {
        this.database = database;
        this.readThrough = new ReadThrough(new EmptyTree(), database.connections(), database.connections());
    }

    private boolean isWorthLookingAgain() {
        return readThrough.bringManifest(REPOSITORY, new Tag("latest"));
    }

    @Test
    void whatAPassHasBroughtSinceItWasLookedForIsLookedForAgain() {
        database.sql("insert into adoption (verifies) values (false)");
        assertThat(isWorthLookingAgain()).isFalse();

        database.sql("insert into adopted_repository (name) values ('library/app')");
        assertThat(isWorthLookingAgain()).isTrue();
    }

    @Test
    void whatAPassMayHaveBroughtByItsEndIsLookedForAgain() {
        database.sql("insert into adoption (verifies, finished_at) values (false, now())");
        assertThat(isWorthLookingAgain()).isTrue();

        database.sql("update adoption set finished_at = now() - interval '1 minute'");
        assertThat(isWorthLookingAgain()).isFalse();
    }

    @Test
    void withoutAPassNothingIsLookedForAgain() {
        assertThat(isWorthLookingAgain()).isFalse();
    }
}
