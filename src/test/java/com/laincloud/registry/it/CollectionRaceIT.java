package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.location;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.audit.RecordCheck;
import com.laincloud.registry.collection.Collector;
import com.laincloud.registry.collection.RestoreCommand;
import com.laincloud.registry.collection.Windows;
import com.laincloud.registry.config.ProcessSettingValues;
import com.laincloud.registry.config.Setting;
import com.laincloud.registry.config.SettingValues;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.index.Garbage;
import com.laincloud.registry.integrity.IntegrityCheck;
import com.laincloud.registry.integrity.IntegrityCheck.Repair;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.retention.RetentionCommand;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.filesystem.FilesystemDriver;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * Clients push, mount, delete and pull in a few repositories, of a few contents, while several processes collect, and others restore,
 * follow rules of retention, compare index and storage, and seal the record. The long form:
 * {@code -Dcollection.operations=1000000}.
 */
class CollectionRaceIT {

    private static final int OPERATIONS = Integer.getInteger("collection.operations", 12_000);
    private static final int CLIENTS = 6;
    private static final List<String> REPOSITORIES = List.of("race/a", "race/b", "race/c");
    private static final Duration PROMISED = Duration.ofSeconds(2);

    private final AtomicLong pushed = new AtomicLong();
    private final AtomicLong restored = new AtomicLong();
    private final AtomicLong released = new AtomicLong();
    private final AtomicLong compared = new AtomicLong();
    private final Map<Integer, AtomicLong> answers = new ConcurrentHashMap<>();

    private static DataSource database(RegistryServer server) {
        ConnectionFacts facts = ConnectionFacts.read(server.root().resolve("postgresql"));
        return ConfiguredDataSource.of(facts.url(), ConnectionFacts.APPLICATION, facts.password());
    }

    private static StorageDriver storage(RegistryServer server) {
        return new FilesystemDriver(server.root(), 0, Clock.systemUTC());
    }

    private HttpResponse<byte[]> counted(HttpResponse<byte[]> answer) {
        answers.computeIfAbsent(answer.statusCode(), status -> new AtomicLong()).incrementAndGet();
        assertThat(answer.statusCode())
                .as(() -> new String(answer.body(), UTF_8))
                .isLessThan(500);
        return answer;
    }

    private static byte[] content(int number) {
        return ("content " + number).repeat(1 + number % 50).getBytes(UTF_8);
    }

    private static Digest digest(byte[] content) {
        return Digest.of(DigestAlgorithm.SHA256, content);
    }

    /** Brings a blob into a repository as clients do: asks first, and pushes or mounts what is not there. */
    private void bring(RegistryClient client, Random random, String repository, byte[] content) {
        Digest digest = digest(content);
        if (counted(client.head("/v2/" + repository + "/blobs/" + digest)).statusCode() == 200) {
            return;
        }
        String from = random.nextBoolean() ? "?mount=" + digest + "&from=" + REPOSITORIES.get(random.nextInt(3)) : "";
        HttpResponse<byte[]> begun = counted(client.post("/v2/" + repository + "/blobs/uploads/" + from));
        if (begun.statusCode() == 202) {
            expect(
                    201,
                    counted(client.put(
                            withDigest(location(begun), digest), content, "Content-Type", "application/octet-stream")));
        }
    }

    /** A manifest that refers to some contents, the first of which is its config. */
    private static byte[] manifest(List<byte[]> contents, String note) {
        List<String> descriptors = contents.stream()
                .map(content -> "{\"mediaType\":\"a/b\",\"digest\":\"%s\",\"size\":%d}"
                        .formatted(digest(content), content.length))
                .toList();
        return """
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s],"annotations":{"note":"%s"}}""".formatted(
                        SampleManifests.TYPE,
                        descriptors.getFirst(),
                        String.join(",", descriptors.subList(1, descriptors.size())),
                        note)
                .getBytes(UTF_8);
    }

    /** Pushes one of 60 manifests. Returns the answer to the last request, and when the first blob was there. */
    private Map.Entry<HttpResponse<byte[]>, Instant> push(RegistryClient client, Random random, Duration pause) {
        String repository = REPOSITORIES.get(random.nextInt(3));
        int number = random.nextInt(60);
        List<byte[]> contents = IntStream.range(0, 4)
                .mapToObj(i -> content((7 * number + i) % 80))
                .collect(Collectors.toList());
        Instant begin = Instant.now();
        contents.forEach(content -> bring(client, random, repository, content));
        sleep(pause);
        byte[] manifest = manifest(contents, "number " + number);
        String type = SampleManifests.TYPE;
        HttpResponse<byte[]> answer = switch (random.nextInt(4)) {
            case 0 ->
                client.put("/v2/" + repository + "/manifests/" + digest(manifest), manifest, "Content-Type", type);
            case 1 ->
                client.put(
                        "/v2/" + repository + "/manifests/" + digest(manifest) + "?tag=t1&tag=t2&tag=t3",
                        manifest,
                        "Content-Type",
                        type);
            default ->
                client.put("/v2/" + repository + "/manifests/t" + random.nextInt(6), manifest, "Content-Type", type);
        };
        if (answer.statusCode() == 201) {
            pushed.incrementAndGet();
        }
        return Map.entry(counted(answer), begin);
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void operate(RegistryClient client, Random random) {
        String repository = "/v2/" + REPOSITORIES.get(random.nextInt(3));
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> push(client, random, Duration.ZERO);
            case 4, 5 -> counted(client.delete(repository + "/manifests/t" + random.nextInt(6)));
            case 6 -> {
                HttpResponse<byte[]> head = counted(
                        client.head(repository + "/manifests/t" + random.nextInt(6), "Accept", SampleManifests.TYPE));
                head.headers()
                        .firstValue("Docker-Content-Digest")
                        .ifPresent(digest -> counted(client.delete(repository + "/manifests/" + digest)));
            }
            case 7 -> counted(client.delete(repository + "/blobs/" + digest(content(random.nextInt(80)))));
            case 8 -> release(client, random);
            default ->
                counted(client.get(repository + "/manifests/t" + random.nextInt(6), "Accept", SampleManifests.TYPE));
        }
    }

    /** Moves a tag or two of each repository to what another tag of it names. */
    private void release(RegistryClient client, Random random) {
        StringBuilder release = new StringBuilder();
        for (String repository : REPOSITORIES) {
            HttpResponse<byte[]> head = counted(client.head("/v2/" + repository + "/manifests/t" + random.nextInt(6)));
            head.headers()
                    .firstValue("Docker-Content-Digest")
                    .ifPresent(digest -> random.ints(2, 0, 6)
                            .distinct()
                            .forEach(tag -> release.append(repository)
                                    .append(" t")
                                    .append(tag)
                                    .append(' ')
                                    .append(digest)
                                    .append('\n')));
        }
        HttpResponse<byte[]> answer =
                counted(client.put("/v2/_registry/release", release.toString().getBytes(UTF_8)));
        if (answer.statusCode() == 200) {
            released.incrementAndGet();
        }
    }

    private void collectMeanwhile(RegistryServer server, Windows windows, Runnable work) throws Exception {
        UnhurriedRun run = new UnhurriedRun();
        try (StorageDriver storage = storage(server);
                ExecutorService collectors = Executors.newFixedThreadPool(3)) {
            List<Future<?>> collecting = new ArrayList<>();
            collecting.add(collectors.submit(() -> {
                Random random = new Random();
                while (!run.isOver()) {
                    administrate(server, storage, random);
                }
                return true;
            }));
            for (int i = 0; i < 2; i++) {
                collecting.add(collectors.submit(() -> {
                    Random random = new Random();
                    while (!run.isOver()) {
                        Instant begin = Instant.now();
                        new Collector(database(server), storage, windows, false, run).run();
                        // As long as it worked, and more: or hardly a push would come to its end on a slow machine.
                        sleep(Duration.between(begin, Instant.now()).plusMillis(random.nextInt(400)));
                    }
                }));
            }
            try {
                work.run();
            } finally {
                run.end();
            }
            for (Future<?> collector : collecting) {
                collector.get();
            }
        }
    }

    /** Restores a manifest that was collected, follows a rule of retention, or compares index and storage. */
    private void administrate(RegistryServer server, StorageDriver storage, Random random) throws SQLException {
        ConnectionFacts facts = ConnectionFacts.read(server.root().resolve("postgresql"));
        Settings settings = Settings.read(new Overridden(Map.of(
                "storage.filesystem.rootdirectory",
                server.root().toString(),
                "database.url",
                facts.url(),
                "database.username",
                ConnectionFacts.APPLICATION,
                "database.password",
                facts.password(),
                "retention.rules",
                "[{among: [t*], keep: {newest: 4}}]")));
        switch (random.nextInt(4)) {
            case 0 -> new RetentionCommand(settings, line -> {}).run(List.of("run"));
            case 1 -> {
                requireIntegrity(server, storage);
                compared.incrementAndGet();
            }
            default -> {
                for (String manifest : restorable(server)) {
                    if (new RestoreCommand(settings, line -> {}).run(List.of(manifest))) {
                        restored.incrementAndGet();
                    }
                }
            }
        }
    }

    /** Some settings, and the defaults. */
    private record Overridden(Map<String, String> values, SettingValues defaults) implements SettingValues {

        Overridden(Map<String, String> values) {
            this(values, new ProcessSettingValues());
        }

        @Override
        public Optional<Setting> find(String key) {
            return values.containsKey(key)
                    ? Optional.of(new Setting(key, values.getOrDefault(key, ""), "the test", 1000))
                    : defaults.find(key);
        }

        @Override
        public List<Setting> configured() {
            return defaults.configured();
        }
    }

    private static void requireIntegrity(RegistryServer server, StorageDriver storage) {
        List<String> told = new ArrayList<>();
        new IntegrityCheck(database(server), storage, Repair.EVERYTHING, told::add, new UnhurriedRun()).run();
        assertThat(told).isEmpty();
    }

    private static List<String> restorable(RegistryServer server) throws SQLException {
        try (Connection connection = database(server).getConnection()) {
            return Rows.query(connection, """
                    select repository || '@' || digest from audit.restorable where kind = 'manifest'
                    order by random() limit 3""", row -> row.getString(1));
        }
    }

    private void inClients(RegistryServer server, int operations, BiConsumer<RegistryClient, Random> operation) {
        AtomicLong left = new AtomicLong(operations);
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<?>> working = IntStream.range(0, CLIENTS)
                    .<Future<?>>mapToObj(number -> clients.submit(() -> {
                        RegistryClient client = new RegistryClient(server.uri());
                        Random random = new Random(number);
                        while (left.getAndDecrement() > 0) {
                            operation.accept(client, random);
                        }
                    }))
                    .toList();
            for (Future<?> worker : working) {
                worker.get();
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(
                    server.logSince(0).stream()
                            .filter(line -> !line.contains("response completed"))
                            .collect(Collectors.joining("\n")),
                    e);
        }
    }

    @Test
    void nothingThatIsReferredToGoesAndEverythingElseDoes() throws Exception {
        Windows none = new Windows(Optional.of(Duration.ZERO), Duration.ZERO, Duration.ZERO, Duration.ofHours(1));
        try (RegistryServer server = RegistryServer.start(Map.of("REGISTRY_GC_BLOBS_AFTER", "0s"))) {
            collectMeanwhile(server, none, () -> inClients(server, OPERATIONS, this::operate));
            System.out.println(
                    "collection: " + OPERATIONS + " operations, " + pushed + " manifests pushed, answers " + answers);
            assertThat(pushed).hasValueGreaterThan(OPERATIONS / 50);
            System.out.println("collection: " + restored + " manifests restored");
            assertThat(restored).hasPositiveValue();
            assertThat(compared).hasPositiveValue();
            assertThat(released).hasPositiveValue();
            inClients(server, 60, (client, random) -> push(client, random, Duration.ZERO));

            try (StorageDriver storage = storage(server)) {
                System.out.println("collection: at the end "
                        + new Collector(database(server), storage, none, false, new UnhurriedRun()).run());
                requireIntegrity(server, storage);
                assertThat(garbage(server)).isEmpty();
                assertThat(everythingOfTags(server)).isPositive();
                try (Stream<?> keys = storage.keys()) {
                    assertThat(keys.count()).isEqualTo(number(server, "select count(*) from blob"));
                }
            }
            assertThat(number(server, "select deadlocks from pg_stat_database where datname = current_database()"))
                    .isZero();
            assertThat(number(server, "select count(*) from purge")).isZero();
            assertThat(number(server, """
                            select count(*) from repository r
                            where (select coalesce(sum(bytes), 0) from audit.usage where namespace = r.name)
                               <> (select coalesce(sum(size), 0) from repository_blob l join blob b on b.id = l.blob_id
                                   where l.repository_id = r.id)"""))
                    .as("repositories whose usage is not what they hold")
                    .isZero();
            List<String> told = new ArrayList<>();
            try (Connection connection = database(server).getConnection()) {
                assertThat(new RecordCheck(connection, told::add).run(List.of()))
                        .as(() -> told.toString())
                        .isTrue();
            }
        }
    }

    @Test
    void aClientThatWasToldThatABlobIsThereCanReferToIt() throws Exception {
        Windows brief = new Windows(
                Optional.of(PROMISED.multipliedBy(2)), Duration.ZERO, PROMISED.multipliedBy(2), Duration.ZERO);
        AtomicLong kept = new AtomicLong();
        try (RegistryServer server =
                RegistryServer.start(Map.of("REGISTRY_GC_BLOBS_AFTER", "4s", "REGISTRY_GC_UNTAGGED_AFTER", "4s"))) {
            collectMeanwhile(
                    server,
                    brief,
                    () -> inClients(server, OPERATIONS / 20, (client, random) -> {
                        if (random.nextInt(3) == 0) {
                            counted(client.delete(
                                    "/v2/" + REPOSITORIES.get(random.nextInt(3)) + "/manifests/t" + random.nextInt(6)));
                            return;
                        }
                        var pushed = push(client, random, Duration.ofMillis(random.nextInt(300)));
                        boolean isPromised = Duration.between(pushed.getValue(), Instant.now())
                                        .compareTo(PROMISED)
                                < 0;
                        if (isPromised) {
                            expect(201, pushed.getKey());
                            kept.incrementAndGet();
                        } else if (pushed.getKey().statusCode() != 201) {
                            assertThat(errorCodes(pushed.getKey())).contains("MANIFEST_BLOB_UNKNOWN");
                        }
                    }));
            assertThat(everythingOfTags(server)).isPositive();
        }
        System.out.println("collection: " + kept + " promises kept, answers " + answers);
        assertThat(kept).hasPositiveValue();
    }

    /** How many blobs the tags' manifests refer to, all of which are pulled and hashed. */
    private static int everythingOfTags(RegistryServer server) {
        RegistryClient client = new RegistryClient(server.uri());
        int blobs = 0;
        for (String repository : REPOSITORIES) {
            for (String tag : client.tags(repository)) {
                String manifest = new String(client.pullManifest(repository, tag), UTF_8);
                var digests = Pattern.compile("sha256:[0-9a-f]{64}").matcher(manifest);
                while (digests.find()) {
                    client.pullBlob(repository, Digest.valueOf(digests.group()));
                    blobs++;
                }
            }
        }
        return blobs;
    }

    private static List<String> garbage(RegistryServer server) throws SQLException {
        try (Connection connection = database(server).getConnection()) {
            connection.setAutoCommit(false);
            List<String> found = new ArrayList<>();
            Garbage garbage = new Garbage(connection, true);
            garbage.manifests((name, bytes) -> found.add("manifest " + name));
            garbage.links((name, bytes) -> found.add("link " + name));
            garbage.blobs((name, bytes) -> found.add("blob " + name));
            return found;
        }
    }

    private static long number(RegistryServer server, String query) throws SQLException {
        try (Connection connection = database(server).getConnection()) {
            return Rows.query(connection, query, row -> row.getLong(1)).getFirst();
        }
    }
}
