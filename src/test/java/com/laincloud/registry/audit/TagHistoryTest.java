package com.laincloud.registry.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.audit.TagHistory.Change;
import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.index.TagRows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.hibernate.SessionFactory;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The history of a tag while the clock is wrong. */
@ExtendWith(TemporaryDatabase.Extension.class)
class TagHistoryTest {

    private static final RepositoryName APP = new RepositoryName("app");
    private static final Tag LATEST = new Tag("latest");

    private final TemporaryDatabase database;
    private final TagHistory history;

    TagHistoryTest(TemporaryDatabase database) {
        this.database = database;
        this.history = new TagHistory(database.connections());
        database.sql("insert into repository (name) values ('app')");
    }

    private static Digest digest(String manifest) {
        return Digest.of(DigestAlgorithm.SHA256, manifest.getBytes(UTF_8));
    }

    /** Returns the number of the manifest's row. */
    private long manifest(String manifest) {
        return Long.parseLong(database.sql("""
                        insert into manifest (repository_id, digest, media_type, payload)
                        select id, '%s', 'a/b', '' from repository returning id""".formatted(digest(manifest))).getFirst());
    }

    private void record(String action, String manifest, String previous, Instant at) {
        database.sql("""
                insert into event (occurred_at, action, repository, tag, digest, previous_digest, media_type, size, request_id)
                values ('%s', '%s', 'app', 'latest', '%s', %s, 'a/b', 1, gen_random_uuid())""".formatted(
                        at, action, digest(manifest), previous.isEmpty() ? "null" : "'" + digest(previous) + "'"));
    }

    private Optional<Digest> named(Instant moment) {
        return history.named(APP, LATEST, moment);
    }

    /** The first push came while the clock was ahead. */
    @ParameterizedTest
    @ValueSource(strings = {"P1D", "P365D"})
    void whatChangesAfterAClockWentBackIsLaterThanWhatWasBeforeAndNoMomentHasTwoNames(Duration back) {
        Instant ahead = Instant.now().plus(back).truncatedTo(ChronoUnit.MICROS);
        long first = manifest("first");
        long second = manifest("second");
        database.sql("""
                insert into tag (repository_id, name, manifest_id, moved_at)
                select repository_id, 'latest', id, '%s' from manifest where id = %d""".formatted(ahead, first));
        record("manifest.push", "first", "", ahead);
        long repository =
                Long.parseLong(database.sql("select id from repository").getFirst());

        Instant moved;
        Instant deleted;
        Instant added;
        try (SessionFactory factory = new Configuration()
                        .setProperty("hibernate.dialect", "org.hibernate.dialect.PostgreSQLDialect")
                        .buildSessionFactory(new StandardServiceRegistryBuilder()
                                .applySetting("hibernate.connection.datasource", database.connections())
                                .build());
                EntityManager entities = factory.openSession()) {
            TagRows tags = new TagRows(entities, database.connections());
            moved = tags.move(repository, LATEST, second, false).at();
            entities.getTransaction().begin();
            deleted = tags.delete(repository, LATEST, Duration.ofHours(24));
            entities.getTransaction().commit();
            added = tags.move(repository, LATEST, first, false).at();
        }
        record("manifest.push", "second", "first", moved);
        record("tag.delete", "second", "", deleted);
        record("manifest.push", "first", "", added);

        assertThat(ahead).isBefore(moved);
        assertThat(moved).isBefore(deleted);
        assertThat(deleted).isBefore(added);
        assertThat(named(Instant.now()))
                .as("nothing was put at a moment that has been")
                .isEmpty();
        assertThat(named(ahead)).contains(digest("first"));
        assertThat(named(moved)).contains(digest("second"));
        assertThat(named(deleted)).isEmpty();
        assertThat(named(added)).contains(digest("first"));
        assertThat(database.sql("""
                        select count(*), count(until), bool_and(until is null or since < until) from audit.tag_history""")).containsExactly("3|2|t");
        assertThat(history.changes(APP, LATEST, Optional.empty(), 10))
                .extracting(Change::at)
                .containsExactly(added, deleted, moved, ahead);
        assertThat(history.changes(APP, LATEST, Optional.of(Instant.now()), 10)).isEmpty();
    }

    @Test
    void aNameThatIsUsedAgainHasNoHistoryOfTheRepositoryThatLeftIt() {
        Instant begin = Instant.parse("2026-11-01T00:00:00Z");
        record("manifest.push", "of the first", "", begin);
        database.sql("insert into renaming (previous, name, renamed_at) values ('app', 'moved', '2026-11-02')");
        record("manifest.push", "of the second", "", begin.plus(Duration.ofDays(2)));

        assertThat(changed("app")).containsExactly(digest("of the second"));
        assertThat(changed("moved")).containsExactly(digest("of the first"));

        database.sql("insert into renaming (previous, name, renamed_at) values ('moved', 'app', '2026-11-04')");

        assertThat(changed("app")).as("the first has its name again").containsExactly(digest("of the first"));
    }

    private List<Digest> changed(String repository) {
        return history.changes(new RepositoryName(repository), LATEST, Optional.empty(), 10).stream()
                .map(TagHistory.Change::digest)
                .toList();
    }
}
