package com.laincloud.registry.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.request.Requester;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The counts of pulls. */
@ExtendWith(TemporaryDatabase.Extension.class)
class PullsTest {

    private static final RepositoryName APP = new RepositoryName("team/app");
    private static final Digest IMAGE = Digest.of(DigestAlgorithm.SHA256, "image".getBytes(UTF_8));
    private static final Requester ANONYMOUS = new Requester(null, null, "r");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-30T23:59:59Z"), ZoneOffset.UTC);

    private final TemporaryDatabase database;
    private final Pulls pulls;

    PullsTest(TemporaryDatabase database) {
        this.database = database;
        this.pulls = new Pulls(database.connections(), CLOCK);
    }

    private void pull(Reference reference, Requester requester) {
        pulls.count(APP, reference, IMAGE, requester);
    }

    private List<String> recorded() {
        return TemporaryDatabase.sql(
                database.auditor(),
                "select day, repository, digest, tag, actor, pulls, last_at at time zone 'UTC' from pull_daily order by pulls");
    }

    @Test
    void pullsAreAddedUpByTagOrDigestAndActorAndDay() {
        pull(IMAGE, ANONYMOUS);
        pull(new Tag("latest"), ANONYMOUS);
        pull(new Tag("latest"), ANONYMOUS);
        pulls.write();
        for (int i = 0; i < 3; i++) {
            pull(new Tag("latest"), ANONYMOUS.authenticated("ann", "token"));
        }
        pull(new Tag("latest"), ANONYMOUS);
        pull(new Tag("latest"), ANONYMOUS);
        pulls.write();
        pulls.write();

        assertThat(recorded())
                .containsExactly(
                        "2026-11-30|team/app|" + IMAGE + "|null|null|1|2026-11-30 23:59:59",
                        "2026-11-30|team/app|" + IMAGE + "|latest|ann|3|2026-11-30 23:59:59",
                        "2026-11-30|team/app|" + IMAGE + "|latest|null|4|2026-11-30 23:59:59");
    }

    @Test
    void whatTheDatabaseDidNotTakeIsWrittenTheNextTime() {
        pull(IMAGE, ANONYMOUS);
        database.sql("alter table pull rename to elsewhere");
        assertThatThrownBy(pulls::write).isInstanceOf(DatabaseException.class);
        pull(IMAGE, ANONYMOUS);
        database.sql("alter table elsewhere rename to pull");

        pulls.write();

        assertThat(recorded()).singleElement().asString().contains("|2|");
    }

    @Test
    void noCountIsLostBetweenThreadsAndInstances() throws InterruptedException {
        Pulls other = new Pulls(database.connections(), CLOCK);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 20_000; i++) {
                Pulls instance = i % 2 == 0 ? pulls : other;
                Tag tag = new Tag("t" + i % 50);
                threads.execute(() -> instance.count(APP, tag, IMAGE, ANONYMOUS));
                if (i % 1000 == 0) {
                    threads.execute(instance::write);
                }
            }
        }
        pulls.write();
        other.write();

        assertThat(database.sql("select sum(pulls), count(*) from pull")).containsExactly("20000|50");
    }

    @Test
    void whatIsRememberedIsBounded() {
        IntStream.range(0, Pulls.MOST + 100).forEach(i -> pull(new Tag("t" + i), ANONYMOUS));
        pull(new Tag("t0"), ANONYMOUS);
        pulls.write();

        assertThat(database.sql("select count(*), sum(pulls) from pull"))
                .containsExactly(Pulls.MOST + "|" + (Pulls.MOST + 1));
        pull(new Tag("next"), ANONYMOUS);
        pulls.write();
        assertThat(database.sql("select pulls from pull where tag = 'next'")).containsExactly("1");
    }
}
