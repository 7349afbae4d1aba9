package com.laincloud.registry.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.config.Retention.Age;
import com.laincloud.registry.config.Retention.Order;
import com.laincloud.registry.config.Retention.Rule;
import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import com.laincloud.registry.storage.Sample;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.filesystem.FilesystemDriver;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Which tags go by rules. */
@ExtendWith(TemporaryDatabase.Extension.class)
class TagDeletionTest {

    private static final List<String> OF_LAIN = List.of("*release-*", "*prepare-*", "*meta-*", "*build-*");

    private final TemporaryDatabase database;
    private final StorageDriver storage;

    TagDeletionTest(TemporaryDatabase database, @TempDir Path root) {
        this.database = database;
        database.sql("update pull_recording set since = now() - interval '1 year'");
        this.storage = new FilesystemDriver(root, 0, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private static Digest digest(String content) {
        return Sample.of(content).digest();
    }

    private void store(String content) {
        StorageKey key = Sample.of(content).store(storage);
        database.sql("insert into blob (digest, size, storage_key) values ('%s', %d, '%s') on conflict do nothing"
                .formatted(digest(content), content.length(), key.path()));
    }

    /** A tag of an image with this configuration, put so long ago. Returns the manifest. */
    private Digest tag(String repository, String tag, String configuration, Duration age) {
        store(configuration);
        return tag(
                repository,
                tag,
                MediaTypes.OCI_MANIFEST,
                """
                {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"a/b","digest":"%s","size":%d},"layers":[],\
                "annotations":{"of":"%s:%s"}}""".formatted(MediaTypes.OCI_MANIFEST, digest(configuration), configuration.length(), repository, tag),
                age);
    }

    private Digest tag(String repository, String tag, String mediaType, String manifest, Duration age) {
        database.sql("insert into repository (name) values ('%s') on conflict do nothing".formatted(repository));
        database.sql("""
                insert into manifest (repository_id, digest, media_type, payload)
                select id, '%s', '%s', convert_to('%s', 'UTF8') from repository where name = '%s'""".formatted(digest(manifest), mediaType, manifest, repository));
        database.sql("""
                insert into tag (repository_id, name, manifest_id, moved_at)
                select repository_id, '%s', id, now() - interval '%d seconds' from manifest where digest = '%s'""".formatted(tag, age.toSeconds(), digest(manifest)));
        return digest(manifest);
    }

    private static String made(Duration ago) {
        return "{\"created\":\"" + Instant.now().minus(ago) + "\"}";
    }

    private Digest tag(String repository, String tag, Duration age) {
        return tag(repository, tag, made(age), age);
    }

    private static Rule rule(List<String> among, int newest, Optional<Duration> younger, Age by, String... protect) {
        return new Rule(
                List.of("**"),
                among,
                newest,
                Order.NATURAL,
                younger,
                by,
                Optional.empty(),
                List.of(protect),
                List.of(),
                false);
    }

    private TagDeletion deletion(Rule... rules) {
        return new TagDeletion(
                database.connections(), storage, new TagRules(List.of(rules)), Duration.ofHours(1), new UnhurriedRun());
    }

    private List<String> tags() {
        return database.sql(
                "select r.name || ':' || t.name from tag t join repository r on r.id = t.repository_id order by 1");
    }

    private Map<String, String> reasons(Rule... rules) {
        Map<String, String> reasons = new TreeMap<>();
        deletion(rules)
                .explain(
                        repository -> true,
                        (repository, verdict) -> reasons.put(
                                verdict.tag().name(), (verdict.goes() ? "goes: " : "stays: ") + verdict.reason()));
        return reasons;
    }

    @Test
    void theNewestOfEachGroupStayInNaturalOrder() {
        for (String number : new String[] {"9", "10", "0011", "100", "99999999999999999999999999999999", "9-rc"}) {
            tag("app", "v" + number, Duration.ofDays(100));
        }
        tag("app", "latest", Duration.ofDays(100));
        tag("app", "w1", Duration.ofDays(100));

        assertThat(deletion(rule(List.of("v*", "w*"), 2, Optional.empty(), Age.CREATED))
                        .run())
                .isEqualTo("4 of 7 tags deleted");

        assertThat(tags()).containsExactly("app:latest", "app:v100", "app:v99999999999999999999999999999999", "app:w1");
        assertThat(database.sql(
                        "select tag, rule, pattern, rank, members, reason from audit.retention_decision order by rank"))
                .first()
                .isEqualTo("v0011|1|^v[^/]*$|3|6|number 3 of 6, and nothing keeps it");
        assertThat(database.sql("select kind, tag, auth_method from audit.delete order by id limit 1"))
                .containsExactly("tag|v0011|retention");
        assertThat(database.sql("select count(*) from audit.restorable")).containsExactly("4");
        assertThat(database.sql("""
                select count(*) from audit.delete d join audit.retention_decision r using (request_id, repository, tag)""")).containsExactly("4");
    }

    @Test
    void aTagStaysThatAnyGroupKeepsOrAnyRuleProtects() {
        tag("team/app", "release-1", Duration.ofDays(100));
        tag("team/app", "release-2", Duration.ofDays(100));
        tag("team/app", "release-3-build-1", Duration.ofDays(100));
        tag("team/app", "keep-release-0", Duration.ofDays(100));
        tag("other", "release-1", Duration.ofDays(100));
        Rule ofTeams = new Rule(
                List.of("team/*"),
                List.of("*release-*", "*build-*"),
                1,
                Order.NATURAL,
                Optional.empty(),
                Age.PUSHED,
                Optional.empty(),
                List.of(),
                List.of(),
                false);
        Rule protecting = rule(List.of(), 0, Optional.empty(), Age.PUSHED, "keep-*");

        assertThat(reasons(ofTeams, protecting))
                .containsExactly(
                        Map.entry("keep-release-0", "stays: protected"),
                        Map.entry("release-1", "goes: number 3 of 4, and nothing keeps it"),
                        Map.entry("release-2", "goes: number 2 of 4, and nothing keeps it"),
                        Map.entry("release-3-build-1", "stays: number 1 of 4, of which 1 stay"));
        deletion(ofTeams, protecting).run();
        assertThat(tags()).containsExactly("other:release-1", "team/app:keep-release-0", "team/app:release-3-build-1");
    }

    @Test
    void whatIsYoungOrWasPulledStays() {
        tag("app", "old", Duration.ofDays(100));
        tag("app", "put-lately", made(Duration.ofDays(100)), Duration.ofDays(1));
        tag("app", "made-lately", made(Duration.ofDays(1)), Duration.ofDays(100));
        Digest pulled = tag("app", "pulled", Duration.ofDays(100));
        Digest once = tag("app", "pulled-once", Duration.ofDays(100));
        database.sql("""
                insert into pull (repository, digest, day, pulls, last_at)
                values ('app', '%s', current_date, 1, now() - interval '1 hour'),
                       ('app', '%s', current_date - 200, 1, now() - interval '200 days')""".formatted(pulled, once));
        Optional<Duration> month = Optional.of(Duration.ofDays(30));

        assertThat(reasons(new Rule(
                        List.of("**"),
                        List.of("*"),
                        0,
                        Order.PUSHED,
                        month,
                        Age.CREATED,
                        month,
                        List.of(),
                        List.of(),
                        false)))
                .containsEntry("made-lately", "stays: made not long ago")
                .containsEntry("pulled", "stays: pulled not long ago")
                .hasEntrySatisfying("put-lately", reason -> assertThat(reason).startsWith("goes"))
                .hasEntrySatisfying("pulled-once", reason -> assertThat(reason).startsWith("goes"))
                .hasEntrySatisfying("old", reason -> assertThat(reason).startsWith("goes"));
        assertThat(reasons(rule(List.of("*"), 0, month, Age.PUSHED)))
                .containsEntry("put-lately", "stays: put not long ago")
                .hasEntrySatisfying("made-lately", reason -> assertThat(reason).startsWith("goes"));
    }

    @Test
    void whatWasPutAndMadeWhileTheClockWasAheadIsTheNewestAndYoung() {
        tag("app", "before", Duration.ofDays(100));
        tag("app", "tomorrow", Duration.ofDays(-1));
        Digest nextYear = tag("app", "next-year", made(Duration.ofDays(-365)), Duration.ofDays(-365));
        database.sql("""
                insert into pull (repository, digest, day, pulls, last_at)
                values ('app', '%s', current_date + 365, 1, now() + interval '365 days')""".formatted(nextYear));
        Optional<Duration> month = Optional.of(Duration.ofDays(30));

        assertThat(reasons(new Rule(
                        List.of("**"),
                        List.of("*"),
                        1,
                        Order.PUSHED,
                        Optional.empty(),
                        Age.PUSHED,
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        false)))
                .containsExactly(
                        Map.entry("before", "goes: number 3 of 3, and nothing keeps it"),
                        Map.entry("next-year", "stays: number 1 of 3, of which 1 stay"),
                        Map.entry("tomorrow", "goes: number 2 of 3, and nothing keeps it"));
        assertThat(reasons(rule(List.of("*"), 0, month, Age.CREATED)))
                .containsEntry("tomorrow", "stays: made not long ago")
                .containsEntry("next-year", "stays: made not long ago");
        deletion(rule(List.of("*"), 0, month, Age.PUSHED)).run();
        assertThat(tags()).containsExactly("app:next-year", "app:tomorrow");
        assertThat(deletion(rule(List.of("*"), 0, Optional.empty(), Age.PUSHED)).run())
                .as("a rule without an age asks for none")
                .isEqualTo("2 of 2 tags deleted");
    }

    @Test
    void anAgeThatCannotBeReadKeepsATagAndIsSaid() {
        tag("app", "absent", "{}", Duration.ofDays(100));
        tag("app", "no-string", "{\"created\":5}", Duration.ofDays(100));
        tag("app", "no-time", "{\"created\":\"yesterday\"}", Duration.ofDays(100));
        tag("app", "no-json", "created", Duration.ofDays(100));
        tag("app", "nul", "{\"created\":\"a\\u0000b\"}", Duration.ofDays(100));
        tag("app", "long", "{\"created\":\"" + "x".repeat(2 << 20) + "\"}", Duration.ofDays(100));
        tag("app", "year-1", "{\"created\":\"0001-01-01T00:00:00Z\"}", Duration.ofDays(100));
        tag("app", "year-30000", "{\"created\":\"+30000-01-01T00:00:00Z\"}", Duration.ofDays(100));
        tag("app", "lost", "{\"created\":\"2001-01-01T00:00:00Z\"}", Duration.ofDays(100));
        storage.delete(Set.of(new StorageKey(database.sql("select storage_key from blob where digest = '%s'"
                        .formatted(digest("{\"created\":\"2001-01-01T00:00:00Z\"}")))
                .getFirst())));
        Rule rule = rule(List.of("*"), 0, Optional.of(Duration.ofDays(30)), Age.CREATED);

        Map<String, String> reasons = reasons(rule);

        assertThat(reasons.get("absent")).isEqualTo("stays: its age cannot be read: the configuration does not say");
        assertThat(reasons.get("no-string")).endsWith("the configuration does not say");
        assertThat(reasons.get("no-time")).endsWith("the configuration says \"yesterday\"");
        assertThat(reasons.get("no-json")).contains("no JSON object");
        assertThat(reasons.get("long")).contains("bytes");
        assertThat(reasons.get("lost")).isEqualTo("stays: its age is not known yet");
        assertThat(reasons.get("nul")).isEqualTo("stays: its age cannot be read: the configuration says \"a?b\"");
        assertThat(reasons.get("year-30000")).endsWith("its year is 30000");
        assertThat(reasons.get("year-1")).startsWith("goes");
        deletion(rule).run();
        assertThat(tags()).hasSize(8).doesNotContain("app:year-1");
    }

    @Test
    void anIndexIsAsOldAsTheYoungestOfItsImages() {
        Digest old = tag("app", "old", Duration.ofDays(100));
        Digest young = tag("app", "young", Duration.ofDays(1));
        String index =
                "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}%s]}";
        String more = ",{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}".formatted(MediaTypes.OCI_MANIFEST, young);
        tag(
                "app",
                "of-old",
                MediaTypes.OCI_INDEX,
                index.formatted(MediaTypes.OCI_INDEX, MediaTypes.OCI_MANIFEST, old, ""),
                Duration.ofDays(100));
        tag(
                "app",
                "of-both",
                MediaTypes.OCI_INDEX,
                index.formatted(MediaTypes.OCI_INDEX, MediaTypes.OCI_MANIFEST, old, more),
                Duration.ofDays(100));

        deletion(rule(List.of("*"), 0, Optional.of(Duration.ofDays(30)), Age.CREATED))
                .run();

        assertThat(tags()).containsExactly("app:of-both", "app:young");
    }

    @Test
    void aTagThatIsPutAgainMeanwhileStays() throws Exception {
        tag("app", "v1", Duration.ofDays(100));
        tag("app", "v2", Duration.ofDays(100));
        try (Connection pusher = database.connections().getConnection();
                Statement puts = pusher.createStatement();
                ExecutorService run = Executors.newSingleThreadExecutor()) {
            pusher.setAutoCommit(false);
            puts.execute("update tag set moved_at = now() where name = 'v2'");
            Future<String> done = run.submit(() -> deletion(rule(List.of("*"), 0, Optional.empty(), Age.PUSHED))
                    .run());
            await("it to wait for the tag")
                    .until(() -> !database.sql("select from pg_locks where not granted")
                            .isEmpty());
            pusher.commit();

            assertThat(done.get()).isEqualTo("1 of 2 tags deleted");
        }
        assertThat(tags()).containsExactly("app:v2");
    }

    @Test
    void whatHasNoAgeIsAsOldAsItsTagAndPullsBeforeTheyWereRecordedCount() {
        tag("app", "put-lately", MediaTypes.OCI_INDEX, """
                {"schemaVersion":2,"mediaType":"%s","manifests":[]}""".formatted(MediaTypes.OCI_INDEX), Duration.ofDays(1));
        tag("app", "put-long-ago", MediaTypes.OCI_INDEX, """
                {"schemaVersion":2, "mediaType":"%s","manifests":[]}""".formatted(MediaTypes.OCI_INDEX), Duration.ofDays(100));
        Optional<Duration> month = Optional.of(Duration.ofDays(30));
        Rule pulled = new Rule(
                List.of("**"), List.of("*"), 0, Order.NATURAL, month, Age.CREATED, month, List.of(), List.of(), false);

        assertThat(reasons(rule(List.of("*"), 0, month, Age.CREATED)))
                .containsEntry("put-lately", "stays: made not long ago")
                .hasEntrySatisfying("put-long-ago", reason -> assertThat(reason).startsWith("goes"));
        database.sql("update pull_recording set since = now()");
        assertThat(reasons(pulled)).containsEntry("put-long-ago", "stays: pulls are not recorded for so long yet");
    }

    @Test
    void theSameTagsGoAsByTheCleanerOfLain() {
        Random random = new Random(5);
        TreeSet<String> expected = new TreeSet<>();
        for (int number = 0; number < 20; number++) {
            String repository = "app" + number;
            Map<String, Duration> ages = new TreeMap<>();
            for (int i = random.nextInt(1, 45); i > 0; i--) {
                String kind = List.of("release-", "prepare-", "meta-", "build-", "config-")
                        .get(random.nextInt(5));
                String tag = List.of("", "web-").get(random.nextInt(2)) + kind + random.nextInt(200) + "-"
                        + Integer.toHexString(random.nextInt(4096));
                ages.putIfAbsent(tag, Duration.ofDays(random.nextInt(60)).plusHours(1));
            }
            ages.forEach((tag, age) -> tag(repository, tag, age));
            cleaner(ages, 3).forEach(tag -> expected.add(repository + ":" + tag));
        }
        assertThat(expected).hasSizeGreaterThan(30);
        List<String> before = tags();

        deletion(rule(OF_LAIN, 3, Optional.of(Duration.ofDays(30)), Age.CREATED))
                .run();

        List<String> gone = new ArrayList<>(before);
        gone.removeAll(tags());
        assertThat(gone).containsExactlyElementsOf(expected);
    }

    /** What clean-registry-images.py of LAIN deletes of a repository. */
    private static List<String> cleaner(Map<String, Duration> ages, int kept) {
        List<String> deleted = new ArrayList<>();
        for (String kind : List.of("release-", "prepare-", "meta-", "build-")) {
            List<String> group = ages.keySet().stream()
                    .filter(tag -> tag.contains(kind))
                    .sorted(Comparator.comparing(TagDeletionTest::naturally).reversed())
                    .toList();
            group.stream()
                    .skip(kept)
                    .filter(tag -> ages.getOrDefault(tag, Duration.ZERO).compareTo(Duration.ofDays(30)) >= 0)
                    .forEach(deleted::add);
        }
        return deleted;
    }

    private static String naturally(String tag) {
        Matcher digits = Pattern.compile("[0-9]+").matcher(tag);
        return digits.replaceAll(run -> "%030d".formatted(new BigInteger(run.group())));
    }
}
