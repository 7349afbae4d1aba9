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
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.index.Garbage;
import com.laincloud.registry.integrity.IntegrityCheck;
import com.laincloud.registry.integrity.IntegrityCheck.Repair;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.retention.RetentionCommand;
import com.laincloud.registry.storage.AllKeys;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Clients push, mount, delete and pull in a few repositories, of a few contents, while several processes collect, and others restore,
 * follow rules of retention, compare index and storage, and seal the record. The long form:
 * {@code -Dcollection.operations=1000000}. That this finds what it looks for is shown with faults that are planted.
 */
@Alone
class CollectionRaceIT {

    private static final int OPERATIONS = Integer.getInteger("collection.operations", 8_000);
    private static final int CLIENTS = 6;
    private static final List<String> REPOSITORIES = List.of("race/a", "race/b", "race/c");
    private static final int DEADLOCK_REPORT = 4000;
    private static final int PLANTED_OPERATIONS = 500;
    private static final int ENOUGH_RESTORED = 3;
    private static final Duration PROMISED = Duration.ofSeconds(2);
    private static final Windows NONE =
            new Windows(Optional.of(Duration.ZERO), Duration.ZERO, Duration.ZERO, Duration.ofHours(1));
    private static final Windows BRIEF =
            new Windows(Optional.of(PROMISED.multipliedBy(2)), Duration.ZERO, PROMISED.multipliedBy(2), Duration.ZERO);
    private static final Map<String, String> BRIEFLY =
            Map.of("REGISTRY_GC_BLOBS_AFTER", "4s", "REGISTRY_GC_UNTAGGED_AFTER", "4s");

    private final AtomicLong pushed = new AtomicLong();
    private final AtomicLong restored = new AtomicLong();
    private final AtomicLong released = new AtomicLong();
    private final AtomicLong compared = new AtomicLong();
    private final AtomicLong kept = new AtomicLong();
    private final Map<Integer, AtomicLong> answers = new ConcurrentHashMap<>();

    /** What should not be, in words. */
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();

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

    /** Pushes an image that nothing else pushes; again, as long as a collection comes in between. */
    private static void push(RegistryClient client, String repository, String tag, byte[] content) {
        byte[] image = SampleManifests.image(digest(content), content.length);
        int status;
        do {
            client.pushBlob(repository, content);
            status = client.put("/v2/" + repository + "/manifests/" + tag, image, "Content-Type", SampleManifests.TYPE)
                    .statusCode();
        } while (status != 201);
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
        try (StorageDriver storage = server.storage();
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
                        new Collector(server.database(), storage, windows, false, run).run();
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
        Settings settings = settings(server);
        switch (random.nextInt(4)) {
            case 0 -> new RetentionCommand(settings, line -> {}).run(List.of("run"));
            case 1 -> {
                compare(server, storage, fault -> {
                    if (!fault.startsWith("no row knows ")) {
                        faults.add(fault);
                    } // else those of a push that came second: they lie among the blobs until its request ends; see
                    // verify
                });
                compared.incrementAndGet();
            }
            default -> {
                for (String manifest : restorable(server)) {
                    if (restore(settings, manifest)) {
                        restored.incrementAndGet();
                    }
                }
            }
        }
    }

    private static boolean restore(Settings settings, String manifest) {
        return new RestoreCommand(settings, line -> {}).run(List.of(manifest));
    }

    private static Settings settings(RegistryServer server) {
        return server.settings(Map.of("retention.rules", "[{among: [t*], keep: {newest: 4}}]"));
    }

    private static void compare(RegistryServer server, StorageDriver storage, Consumer<String> report) {
        new IntegrityCheck(server.database(), storage, Repair.EVERYTHING, report, new UnhurriedRun()).run();
    }

    private static List<String> restorable(RegistryServer server) throws SQLException {
        try (Connection connection = server.database().getConnection()) {
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

    /** Looks at everything once the race is over. */
    private void verify(RegistryServer server, Windows windows) throws SQLException {
        try (StorageDriver storage = server.storage()) {
            System.out.println("collection: at the end "
                    + new Collector(server.database(), storage, windows, false, new UnhurriedRun()).run());
            compare(server, storage, faults::add);
            garbage(server).forEach(garbage -> faults.add("garbage was left: " + garbage));
            assertThat(pullEverythingOfTags(server)).isPositive();
            expectNumber(server, "blobs that are stored", AllKeys.of(storage).size(), "select count(*) from blob");
        }
        deadlocks(server).forEach(deadlock -> faults.add("a deadlock: " + deadlock));
        expectNumber(server, "bytes that were to be deleted", 0, "select count(*) from purge");
        expectNumber(server, "repositories whose usage is not what they hold", 0, """
                        select count(*) from repository r
                        where (select coalesce(sum(bytes), 0) from audit.usage where namespace = r.name)
                           <> (select coalesce(sum(size), 0) from repository_blob l join blob b on b.id = l.blob_id
                               where l.repository_id = r.id)""");
        List<String> told = new ArrayList<>();
        try (Connection connection = server.database().getConnection()) {
            if (!new RecordCheck(connection, told::add).run(List.of())) {
                faults.add("the record was changed: " + told);
            }
        }
    }

    /** What the database has written about each. */
    private static List<String> deadlocks(RegistryServer server) {
        List<String> deadlocks = new ArrayList<>();
        Path logs = server.root().resolve("postgresql").resolve("data").resolve("log");
        try (Stream<Path> files = Files.list(logs)) {
            for (Path file : files.toList()) {
                String log = Files.readString(file);
                for (int at = log.indexOf("deadlock detected");
                        at >= 0;
                        at = log.indexOf("deadlock detected", at + 1)) {
                    deadlocks.add(log.substring(at, Math.min(log.length(), at + DEADLOCK_REPORT)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return deadlocks;
    }

    @Test
    void clientsThatPushDeleteAndRestoreOneImageDoNotWaitInACircle() throws Exception {
        byte[] content = content(1);
        byte[] manifest = manifest(List.of(content, content), "one");
        String blob = "/v2/race/a/blobs/" + digest(content);
        String image = "/v2/race/a/manifests/" + digest(manifest);
        try (RegistryServer server = RegistryServer.start(Map.of("REGISTRY_GC_BLOBS_AFTER", "0s"))) {
            Settings settings = settings(server);
            push(new RegistryClient(server.uri()), "race/b", "kept", content);
            new RegistryClient(server.uri()).pushBlob("race/a", content(2)); // so that there is the repository
            collectMeanwhile(
                    server,
                    NONE,
                    () -> inClients(server, OPERATIONS / 8, (client, random) -> {
                        int chance = random.nextInt(100);
                        switch (chance / 25) {
                            case 0 -> counted(client.delete(image));
                            case 1 -> counted(client.delete(blob));
                            case 2 -> {
                                boolean isTurn = chance < 53 || restored.get() < ENOUGH_RESTORED;
                                if (isTurn && restore(settings, "race/a@" + digest(manifest))) {
                                    restored.incrementAndGet();
                                }
                            }
                            default -> {
                                bring(client, random, "race/a", content);
                                String reference = random.nextBoolean() ? image : "/v2/race/a/manifests/one";
                                counted(client.put(reference, manifest, "Content-Type", SampleManifests.TYPE));
                            }
                        }
                    }));
            assertThat(restored).hasPositiveValue();
            REPOSITORIES.forEach(name -> push(new RegistryClient(server.uri()), name, "kept", content));
            verify(server, NONE);
        }
        assertThat(faults).isEmpty();
    }

    private void expectNumber(RegistryServer server, String what, long expected, String query) throws SQLException {
        long found = number(server, query);
        if (found != expected) {
            faults.add(what + ": " + expected + " were to be, not " + found);
        }
    }

    @Test
    void nothingThatIsReferredToGoesAndEverythingElseDoes() throws Exception {
        try (RegistryServer server = RegistryServer.start(Map.of("REGISTRY_GC_BLOBS_AFTER", "0s"))) {
            collectMeanwhile(server, NONE, () -> inClients(server, OPERATIONS, this::operate));
            System.out.println(
                    "collection: " + OPERATIONS + " operations, " + pushed + " manifests pushed, answers " + answers);
            assertThat(pushed).hasValueGreaterThan(OPERATIONS / 50);
            System.out.println("collection: " + restored + " manifests restored");
            assertThat(restored).hasPositiveValue();
            assertThat(compared).hasPositiveValue();
            assertThat(released).hasPositiveValue();
            inClients(server, 60, (client, random) -> push(client, random, Duration.ZERO));
            verify(server, NONE);
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void aClientThatWasToldThatABlobIsThereCanReferToIt() throws Exception {
        try (RegistryServer server = RegistryServer.start(BRIEFLY)) {
            collectMeanwhile(
                    server,
                    BRIEF,
                    () -> inClients(
                            server, OPERATIONS / 20, (client, random) -> pushAsPromised(client, random, PROMISED)));
            assertThat(pullEverythingOfTags(server)).isPositive();
        }
        System.out.println("collection: " + kept + " promises kept, answers " + answers);
        assertThat(kept).hasPositiveValue();
        assertThat(faults).isEmpty();
    }

    /** Deletes a tag, or pushes, with a pause before the manifest. */
    private void pushAsPromised(RegistryClient client, Random random, Duration promised) {
        if (random.nextInt(3) == 0) {
            counted(client.delete("/v2/" + REPOSITORIES.get(random.nextInt(3)) + "/manifests/t" + random.nextInt(6)));
            return;
        }
        var put = push(client, random, Duration.ofMillis(random.nextInt(300)));
        boolean isPromised = Duration.between(put.getValue(), Instant.now()).compareTo(promised) < 0;
        if (put.getKey().statusCode() == 201) {
            kept.addAndGet(isPromised ? 1 : 0);
        } else if (isPromised) {
            faults.add("a promise was broken: " + new String(put.getKey().body(), UTF_8));
        } else {
            assertThat(errorCodes(put.getKey())).contains("MANIFEST_BLOB_UNKNOWN");
        }
    }

    /** A way to lose a blob that the manifest of a tag needs. */
    enum Loss {
        /** Its bytes are deleted. */
        BYTES,
        /** The row that says that the manifest needs it is deleted, so that a collection takes the blob. */
        REFERENCE;

        /** The tag that needs it. */
        String planted() {
            return "planted-" + name().toLowerCase(Locale.ROOT);
        }

        byte[] content() {
            return CollectionRaceIT.content(this == BYTES ? 1_000 : 1_001);
        }

        void happen(RegistryServer server, Digest blob) {
            try {
                if (this == REFERENCE) {
                    server.change("delete from manifest_blob where blob_id = (select id from blob where digest = '%s')"
                            .formatted(blob));
                    return;
                }
                try (Connection connection = server.database().getConnection();
                        StorageDriver storage = server.storage()) {
                    String key = Rows.query(
                                    connection,
                                    "select storage_key from blob where digest = ?",
                                    row -> row.getString(1),
                                    blob.toString())
                            .getFirst();
                    assertThat(storage.delete(Set.of(new StorageKey(key)))).isEmpty();
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void aBlobThatIsLostBehindTheRegistrysBackIsFoundHoweverItWasLost() throws Exception {
        try (RegistryServer server = RegistryServer.start(Map.of("REGISTRY_GC_BLOBS_AFTER", "0s"))) {
            AtomicLong operations = new AtomicLong();
            collectMeanwhile(
                    server,
                    NONE,
                    () -> inClients(server, PLANTED_OPERATIONS, (client, random) -> {
                        if (operations.incrementAndGet() == PLANTED_OPERATIONS / 2) {
                            for (Loss loss : Loss.values()) {
                                push(client, "race/a", loss.planted(), loss.content());
                                loss.happen(server, digest(loss.content()));
                            }
                        }
                        operate(client, random);
                    }));
            verify(server, NONE);
        }
        assertThat(Loss.values())
                .allSatisfy(loss -> assertThat(faults)
                        .anyMatch(fault ->
                                fault.startsWith("race/a:" + loss.planted() + " needs " + digest(loss.content()))));
    }

    @Test
    void aLinkThatIsDeletedTooEarlyIsFoundAsABrokenPromise() throws Exception {
        try (RegistryServer server = RegistryServer.start(BRIEFLY)) {
            collectMeanwhile(
                    server,
                    BRIEF,
                    () -> inClients(server, PLANTED_OPERATIONS / 5, (client, random) -> {
                        if (random.nextInt(3) == 0) {
                            deleteLinksThatNoManifestNeeds(server);
                        }
                        pushAsPromised(client, random, PROMISED.multipliedBy(10));
                    }));
        }
        assertThat(faults)
                .anyMatch(fault -> fault.startsWith("a promise was broken") && fault.contains("MANIFEST_BLOB_UNKNOWN"));
    }

    /** As a collection would that forgot its window. */
    private static void deleteLinksThatNoManifestNeeds(RegistryServer server) {
        try (Connection connection = server.database().getConnection()) {
            Rows.update(connection, """
                    delete from repository_blob where (repository_id, blob_id) in (
                        select repository_id, blob_id from repository_blob l
                        where not exists (select from manifest_blob m
                                          where m.repository_id = l.repository_id and m.blob_id = l.blob_id)
                        for update skip locked)""");
        } catch (SQLException e) {
            if (!Rows.PASSING.contains(e.getSQLState())) { // a manifest came that needs one
                throw new IllegalStateException(e);
            }
        }
    }

    /** Pulls what the tags' manifests refer to, and hashes it. Returns how many blobs these are. */
    private int pullEverythingOfTags(RegistryServer server) {
        RegistryClient client = new RegistryClient(server.uri());
        int blobs = 0;
        for (String repository : REPOSITORIES) {
            for (String tag : client.tags(repository)) {
                String manifest = new String(client.pullManifest(repository, tag), UTF_8);
                var digests = Pattern.compile("sha256:[0-9a-f]{64}").matcher(manifest);
                while (digests.find()) {
                    HttpResponse<byte[]> blob = client.getBlob(repository, Digest.valueOf(digests.group()));
                    if (blob.statusCode() != 200 || !digest(blob.body()).equals(Digest.valueOf(digests.group()))) {
                        faults.add(repository + ":" + tag + " needs " + digests.group() + ", and gets "
                                + blob.statusCode());
                    }
                    blobs++;
                }
            }
        }
        return blobs;
    }

    private static List<String> garbage(RegistryServer server) throws SQLException {
        try (Connection connection = server.database().getConnection()) {
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
        try (Connection connection = server.database().getConnection()) {
            return Rows.query(connection, query, row -> row.getLong(1)).getFirst();
        }
    }
}
