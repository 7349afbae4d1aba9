package com.laincloud.registry.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.audit.TagHistory;
import com.laincloud.registry.audit.TagHistory.Change;
import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.index.PushRows.NewManifest;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.storage.StorageKey;
import jakarta.persistence.EntityManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a request waits for reads few buffers in a large repository, whatever the planner believes of the tables. The
 * statements run as they are, on one connection, and the database counts what they and their triggers read.
 */
@ExtendWith(TemporaryDatabase.Extension.class)
class BuffersTest {

    private static final int MOST = 40;

    private static final int MANIFESTS = 5_000;

    /** So many that an index of them has pages enough to be missed. */
    private static final int BEFORE = 10_000;

    private static final Duration WINDOW = Duration.ofHours(12);

    private static final String DELETED_MANIFEST = "a deleted manifest";

    private static final String PUSHED_IMAGE = "a new image with two blobs and a tag";

    private static final String CATALOG = "ten repositories of the catalog";

    private static final String IMAGE_SIZE = "how much an image is";

    private static final RepositoryName LARGE = new RepositoryName("large");

    private final TemporaryDatabase database;

    BuffersTest(TemporaryDatabase database) {
        this.database = database;
    }

    /** What the planner knows of the tables when a statement runs. */
    enum Planner {
        /** All of it. */
        ANALYSED,
        /** Nothing. */
        NEVER_ANALYSED,
        /** What was true when each repository had one tag. */
        ANALYSED_WITH_ONE_TAG_A_REPOSITORY,
        /** What was true when all manifests were in one repository, and all counted on one layer. */
        ANALYSED_WITH_ONE_REPOSITORY_AND_ONE_LAYER,
        /** What was true when all of them had one row. */
        ANALYSED_WITH_ONE_ROW,
        /** It has its plans from when there was nothing. */
        PLANNED_WHEN_EMPTY,
        /** It has its plans from when there was one row. */
        PLANNED_WITH_ONE_ROW
    }

    /** Something that a request waits for. */
    @FunctionalInterface
    private interface Statements {
        void run() throws SQLException;
    }

    @ParameterizedTest
    @EnumSource
    void aStatementThatARequestWaitsForReadsAtMost40Buffers(Planner planner) throws SQLException {
        for (String table : List.of(
                "repository",
                "blob",
                "repository_blob",
                "manifest",
                "manifest_blob",
                "manifest_reference",
                "tag",
                "missing_reference")) {
            database.sql("alter table %s set (autovacuum_enabled = false)".formatted(table));
        }
        try (SessionFactory factory = sessions();
                Connection connection = database.connections().getConnection();
                EntityManager entities =
                        factory.withOptions().connection(connection).openSession()) {
            entities.getTransaction().begin();
            IntFunction<Map<String, Statements>> statements =
                    manifest -> statements(entities, always(connection), manifest);
            switch (planner) {
                case ANALYSED, NEVER_ANALYSED -> {
                    // as it comes
                }
                case ANALYSED_WITH_ONE_TAG_A_REPOSITORY -> {
                    fill("small", 2_000, 1, 1);
                    database.sql("analyze");
                }
                case ANALYSED_WITH_ONE_REPOSITORY_AND_ONE_LAYER -> {
                    fill("large", 1, 1, 1);
                    database.sql("delete from manifest_blob where blob_id <> (select min(blob_id) from manifest_blob)");
                    fill("large", 1, 2, BEFORE);
                    database.sql("delete from manifest_blob where blob_id > (select min(blob_id) from manifest_blob)");
                    database.sql("""
                            insert into manifest_blob (manifest_id, repository_id, blob_id)
                            select id, repository_id, (select min(blob_id) from manifest_blob) from manifest
                            on conflict do nothing""");
                    database.sql("analyze");
                    fill("small", 100, 1, 1);
                }
                case ANALYSED_WITH_ONE_ROW, PLANNED_WITH_ONE_ROW -> {
                    fill("large", 1, 1, 1);
                    database.sql("analyze");
                }
                case PLANNED_WHEN_EMPTY -> database.sql("insert into repository (name) values ('large')");
            }
            if (planner == Planner.PLANNED_WHEN_EMPTY || planner == Planner.PLANNED_WITH_ONE_ROW) {
                for (int i = 0; i < 10; i++) {
                    count(connection, statements.apply(1));
                }
            }
            int last = planner == Planner.ANALYSED_WITH_ONE_REPOSITORY_AND_ONE_LAYER ? BEFORE + 1_000 : MANIFESTS;
            fill("large", 1, planner == Planner.ANALYSED_WITH_ONE_REPOSITORY_AND_ONE_LAYER ? BEFORE + 1 : 2, last);
            if (planner == Planner.ANALYSED) {
                database.sql("analyze");
            }

            for (int i = 0; i < 10; i++) { // the planner thinks about a statement anew until it has seen it often
                Map<String, Long> buffers = count(connection, statements.apply(last - 500));
                buffers.entrySet().removeIf(read -> read.getValue() <= most(read.getKey()));
                assertThat(buffers).as("time %s", i).isEmpty();
            }
        }
    }

    private static Map<String, Statements> statements(EntityManager entities, DataSource database, int number) {
        RepositoryRows repositories = new RepositoryRows(entities, database);
        BlobRows blobs = new BlobRows(entities, database, new StorageInUse());
        BlobFindings findings = new BlobFindings(entities, database);
        ManifestRows manifests = new ManifestRows(entities, database);
        TagRows tags = new TagRows(entities, database);
        LinkRows links = new LinkRows(entities, database);
        PushRows pushes = new PushRows(database);
        ReferrerRows referrers = new ReferrerRows(database);
        Tag tag = new Tag("tag-" + number);
        Digest manifest = digest("large", number);
        Digest blob = digest("blob large", number);
        Digest unknown = digest("unknown", 1);
        Digest unreferred = digest("unreferred large", number);
        return inOrder(
                Map.entry("a repository's number", () -> repositories.id(LARGE)),
                Map.entry("a page of the catalog", () -> repositories.names("", 1)),
                Map.entry(CATALOG, () -> repositories.names("large", 10)),
                Map.entry("a manifest by its tag", () -> manifests.find(LARGE, tag)),
                Map.entry("a manifest by its digest", () -> manifests.find(LARGE, manifest)),
                Map.entry("a manifest that is not there", () -> manifests.find(LARGE, unknown)),
                Map.entry("a blob", () -> blobs.find(LARGE, blob)),
                Map.entry("a blob to pull", () -> blobs.findToPull(LARGE, blob)),
                Map.entry("a blob to keep", () -> blobs.findToKeep(LARGE, blob, WINDOW)),
                Map.entry(
                        "a blob to keep whose window is old", () -> blobs.findToKeep(LARGE, unreferred, Duration.ZERO)),
                Map.entry("a manifest to keep", () -> manifests.findToKeep(LARGE, manifest, WINDOW)),
                Map.entry("a blob that is not there", () -> blobs.findToPull(LARGE, unknown)),
                Map.entry("a stored blob", () -> blobs.stored(blob)),
                Map.entry("the first source of a blob", () -> blobs.sources(blob, 0, 1)),
                Map.entry("a page of tags", () -> tags.names(number(repositories), tag.name(), 10)),
                Map.entry(
                        "referrers",
                        () -> referrers.find(
                                number(repositories), digest("subject large", 10), tag, null, 0, 3, 1_000_000)),
                Map.entry(
                        "referrers of a type",
                        () -> referrers.find(
                                number(repositories), digest("subject large", 10), tag, "a/b", 0, 3, 1_000_000)),
                Map.entry("a new blob", () -> blobs.add(new Blob(unknown, 1, StorageKey.inTree(unknown)))),
                Map.entry(
                        "a moved blob",
                        () -> blobs.stored(blob).ifPresent(b -> blobs.move(b, StorageKey.of(blob, UUID.randomUUID())))),
                Map.entry("a lost blob", () -> blobs.stored(blob).ifPresent(findings::noteLost)),
                Map.entry("a linked blob", () -> blobs.link(number(repositories), blob, WINDOW)),
                Map.entry("a mounted blob", () -> blobs.link(LARGE, blob, WINDOW)),
                Map.entry("a deleted blob that is referred to", () -> blobs.unlink(LARGE, blob)),
                Map.entry("a deleted blob", () -> blobs.unlink(LARGE, unreferred)),
                Map.entry("a new manifest", () -> push(pushes, unknown, List.of(), List.of())),
                Map.entry("a known manifest", () -> push(pushes, manifest, List.of(), List.of())),
                Map.entry(
                        PUSHED_IMAGE,
                        () -> push(pushes, digest("unknown", 2), List.of(blob, unreferred), List.of(new Tag("image")))),
                Map.entry("a locked manifest", () -> manifests.lock(number(repositories), manifest)),
                Map.entry(
                        "a link to a blob",
                        () -> links.addBlobs(
                                number(repositories),
                                manifestNumber(manifests, repositories, digest("large", number)),
                                List.of(unreferred))),
                Map.entry(
                        "a link to a child",
                        () -> links.addChildren(
                                number(repositories),
                                manifestNumber(manifests, repositories, digest("large", number)),
                                List.of(manifest))),
                Map.entry(
                        "a note of what is missing",
                        () -> links.noteMissing(
                                number(repositories),
                                manifestNumber(manifests, repositories, digest("large", number)),
                                List.of(unknown))),
                Map.entry(
                        "what was missing",
                        () -> links.takeMissing(manifestNumber(manifests, repositories, digest("large", number)))),
                Map.entry(
                        IMAGE_SIZE,
                        () -> links.imageSize(
                                number(repositories),
                                manifestNumber(manifests, repositories, digest("large", number)),
                                true)),
                Map.entry(
                        "how deep indexes are",
                        () -> links.nesting(manifestNumber(manifests, repositories, digest("large", number)), 8)),
                Map.entry(
                        "a new tag",
                        () -> tags.move(
                                number(repositories),
                                new Tag("new"),
                                manifestNumber(manifests, repositories, digest("large", number)),
                                true)),
                Map.entry(
                        "a moved tag",
                        () -> tags.move(
                                number(repositories),
                                tag,
                                manifestNumber(manifests, repositories, digest("large", number)),
                                false)),
                Map.entry("a locked tag", () -> tags.lock(number(repositories), tag)),
                Map.entry("a deleted tag", () -> tags.delete(number(repositories), tag, WINDOW)),
                Map.entry(
                        "the deleted tags of a manifest",
                        () -> tags.deleteAll(manifestNumber(manifests, repositories, digest("large", number)), WINDOW)),
                Map.entry(
                        DELETED_MANIFEST,
                        () -> manifests.delete(
                                number(repositories),
                                manifestNumber(manifests, repositories, digest("untagged large", number)),
                                digest("untagged large", number),
                                WINDOW)));
    }

    /** The order is always the same: what one statement writes, another reads past. */
    @SafeVarargs
    private static Map<String, Statements> inOrder(Map.Entry<String, Statements>... statements) {
        Map<String, Statements> inOrder = new LinkedHashMap<>();
        for (Map.Entry<String, Statements> statement : statements) {
            inOrder.put(statement.getKey(), statement.getValue());
        }
        return inOrder;
    }

    @Test
    void aBatchOfACollectionReadsNoMoreOfALongQueueThanOfAShortOne() throws SQLException {
        List<Long> fetched = new ArrayList<>();
        for (int length : new int[] {10_000, 100_000}) {
            database.sql("truncate link_review");
            database.sql(
                    "insert into link_review (repository_id, blob_id, since) select 1, n, now() - n * interval '1 ms' from generate_series(1, "
                            + length + ") n");
            try (Connection connection = database.connections().getConnection()) {
                connection.setAutoCommit(false);
                Statements batch = () -> new LinkReview().collect(connection, Duration.ZERO, Review.Place.FIRST);
                fetched.addAll(count(connection, Map.of("a batch", batch)).values());
            }
        }

        long anotherLevelOfTheIndex = 400;
        assertThat(fetched.getLast()).isLessThan(fetched.getFirst() + 2 * anotherLevelOfTheIndex);
    }

    /** In thirteen months, each move on another page than the next; half of the tags were moved by releases. */
    @Test
    void aPageOfTheHistoryOfATagThatMoved50000TimesReadsAtMost256Buffers() throws SQLException {
        database.sql("insert into repository (name) values ('large')");
        database.sql("select add_event_month((now() - n * interval '1 month')::date) from generate_series(0, 12) n");
        for (String action : List.of("manifest.push", "tag.release")) {
            database.sql("""
                    insert into event (occurred_at, action, repository, tag, digest, previous_digest, media_type, size, request_id)
                    select now() - n * interval '10 minutes', '%1$s', 'large', '%1$s', 'sha256:' || digest,
                           'sha256:' || lag(digest) over (order by n), case '%1$s' when 'manifest.push' then 'a/b' end, n,
                           gen_random_uuid()
                    from generate_series(1, 50000) n, encode(sha256(convert_to(n::text, 'UTF8')), 'hex') as digest
                    order by digest""".formatted(action));
        }
        database.sql("""
                insert into manifest (repository_id, digest, media_type, payload)
                select r.id, digest, 'a/b', '' from repository r, event where tag = 'manifest.push'""");
        database.sql("analyze");

        try (SessionFactory factory = sessions();
                Connection connection = database.connections().getConnection();
                EntityManager entities =
                        factory.withOptions().connection(connection).openSession()) {
            connection.setAutoCommit(false);
            DataSource same = always(connection);
            TagHistory history = new TagHistory(same);
            ManifestRows manifests = new ManifestRows(entities, same);
            long number = number(new RepositoryRows(entities, same));
            Instant inTheMiddle = Instant.now().minus(Duration.ofDays(180));
            for (Optional<Instant> before : List.of(Optional.<Instant>empty(), Optional.of(inTheMiddle))) {
                Map<String, Statements> pages = new LinkedHashMap<>();
                for (String tag : List.of("manifest.push", "tag.release")) {
                    pages.put(tag, () -> {
                        List<Digest> digests = history.changes(LARGE, new Tag(tag), before, 16).stream()
                                .map(Change::digest)
                                .toList();
                        assertThat(manifests.descriptors(number, digests)).hasSize(16);
                    });
                }
                count(connection, pages); // what a new connection reads to plan is none of the page's
                assertThat(count(connection, pages).values())
                        .allSatisfy(buffers -> assertThat(buffers).isLessThanOrEqualTo(256));
            }
        }
    }

    private SessionFactory sessions() {
        return new Configuration()
                .setProperty("hibernate.dialect", "org.hibernate.dialect.PostgreSQLDialect")
                .buildSessionFactory(new StandardServiceRegistryBuilder()
                        .applySetting("hibernate.connection.datasource", database.connections())
                        .build());
    }

    private static int most(String statement) {
        return switch (statement) {
            // it goes with its links to ten blobs, which are to be reviewed, and leaves a row that says so; the pages
            // of
            // the index that these go into may be full
            case DELETED_MANIFEST -> MOST + (4 + 6) * 10 + 12 + 8;
            // ten blobs: how long each is, and which other manifest has it
            case IMAGE_SIZE -> MOST + (1 + 4) * 10;
            // a manifest, the links to two blobs, and a tag
            case PUSHED_IMAGE -> 3 * MOST;
            // ten repositories: whether each has a manifest
            case CATALOG -> MOST + (1 + 4) * 10;
            default -> MOST;
        };
    }

    private static void push(PushRows pushes, Digest digest, List<Digest> blobs, List<Tag> tags) {
        StoredManifest manifest = new StoredManifest(digest, "a/b", new byte[1000]);
        assertThat(pushes.push(LARGE, new NewManifest(manifest, null, null, blobs), tags, tag -> true))
                .isPresent();
    }

    private static long number(RepositoryRows repositories) {
        return repositories.id(LARGE).orElseThrow();
    }

    /** The number of the manifest's row; the look-up is counted with what it is used for. */
    private static long manifestNumber(ManifestRows manifests, RepositoryRows repositories, Digest manifest) {
        return manifests.lock(number(repositories), manifest).orElseThrow();
    }

    private static Map<String, Long> count(Connection connection, Map<String, Statements> statements)
            throws SQLException {
        Map<String, Long> buffers = new LinkedHashMap<>();
        for (Map.Entry<String, Statements> statement : statements.entrySet()) {
            Savepoint before = connection.setSavepoint();
            long fetched = fetched(connection);
            try {
                statement.getValue().run();
            } catch (NoSuchElementException e) {
                // there is no manifest yet
            }
            buffers.put(statement.getKey(), fetched(connection) - fetched);
            connection.rollback(before);
        }
        connection.rollback();
        return buffers;
    }

    /** How many buffers of the registry's tables and indexes this transaction has read. */
    private static long fetched(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("""
                        select sum(pg_stat_get_xact_blocks_fetched(oid)) from pg_class
                        where relnamespace = 'registry'::regnamespace and relkind in ('r', 'i')""")) {
            result.next();
            return result.getLong(1);
        }
    }

    /** Repositories of this name that have manifests of these numbers, each with a tag and ten blobs. */
    private void fill(String name, int repositories, int first, int last) {
        for (String insert : """
                insert into repository (name) select '%1$s' || case when %2$d = 1 then '' else n::text end
                from generate_series(1, %2$d) as n
                on conflict do nothing;

                insert into blob (digest, size, storage_key)
                select 'sha256:' || digits, case kind when 'blob' then n else 0 end,
                       'docker/registry/v2/blobs/sha256/' || left(digits, 2) || '/' || digits || '/data'
                from generate_series(%3$d, %4$d) as n, unnest(array['blob', 'unreferred']) as kind,
                     encode(sha256(convert_to(kind || ' %1$s ' || n, 'UTF8')), 'hex') as digits;

                insert into repository_blob (repository_id, blob_id)
                select r.id, b.id from repository r, blob b
                where r.name like '%1$s%%' and not exists (select from repository_blob l where l.blob_id = b.id);

                insert into manifest (repository_id, digest, media_type, artifact_type, subject_digest, payload)
                select r.id, 'sha256:' || encode(sha256(convert_to(kind || '%1$s ' || n, 'UTF8')), 'hex'), 'a/b', 'a/b',
                       case when n %% 3 = 0
                            then 'sha256:' || encode(sha256(convert_to('subject %1$s ' || n / 300, 'UTF8')), 'hex') end,
                       convert_to(repeat('x', 1000), 'UTF8')
                from repository r, generate_series(%3$d, %4$d) as n, unnest(array['', 'untagged ']) as kind
                where r.name like '%1$s%%';

                insert into manifest_blob (manifest_id, repository_id, blob_id)
                select m.id, m.repository_id, l.blob_id
                from (select *, row_number() over (partition by repository_id order by id) / 2 as n from manifest) as m
                join (select l.*, row_number() over (partition by l.repository_id order by l.blob_id) as n
                      from repository_blob l join blob b on b.id = l.blob_id
                      where b.size > 0) as l on l.repository_id = m.repository_id
                where l.n between m.n - 5 and m.n + 4
                  and m.repository_id in (select id from repository where name like '%1$s%%')
                on conflict do nothing;

                insert into tag (repository_id, name, manifest_id)
                select r.id, 'tag-' || n, m.id
                from repository r, generate_series(%3$d, %4$d) as n, manifest m
                where r.name like '%1$s%%' and m.repository_id = r.id
                  and m.digest = 'sha256:' || encode(sha256(convert_to('%1$s ' || n, 'UTF8')), 'hex')""".formatted(name, repositories, first, last).split(";\n", -1)) {
            database.sql(insert);
        }
    }

    private static Digest digest(String kind, int number) {
        return Digest.of(DigestAlgorithm.SHA256, (kind + " " + number).getBytes(UTF_8));
    }

    /** Hands out one connection, again and again; closing it closes nothing. */
    private static DataSource always(Connection connection) {
        Connection open = (Connection) Proxy.newProxyInstance(
                BuffersTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        return method.getName().equals("close") ? null : method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return (DataSource) Proxy.newProxyInstance(
                BuffersTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> open);
    }
}
