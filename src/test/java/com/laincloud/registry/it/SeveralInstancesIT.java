package com.laincloud.registry.it;

import static com.laincloud.registry.it.TagOperations.NOTHING;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.database.embedded.EmbeddedPostgres;
import com.laincloud.registry.it.TagOperations.Operation;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.request.EntityTags;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Three registries on one database and one directory, which are killed and started again. Clients send each request to another
 * one. The long form: {@code -Dtags.operations=20000 -Dtags.histories=10}.
 */
@Alone
class SeveralInstancesIT {

    private static final int OPERATIONS = Integer.getInteger("tags.operations", 2_500);
    private static final int HISTORIES = Integer.getInteger("tags.histories", 1);
    private static final int INSTANCES = 3;
    private static final int CLIENTS = 6;
    private static final int MANIFESTS = 8;
    private static final int TAGS = 20;
    private static final String REPOSITORY = "several/tags";
    private static final int KILLS = 2;
    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(2);

    private static EmbeddedPostgres postgres;
    private static Path directory;
    private static final List<RegistryServer> STARTED = new ArrayList<>();
    private static final List<byte[]> CONTENTS = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.startTemporary();
        String administrator = Files.readString(postgres.directory().resolve("superuser.password"))
                .strip();
        String address = ConnectionFacts.read(postgres.directory()).url();
        try (Connection connection = DriverManager.getConnection(address, "postgres", administrator)) {
            Rows.update(connection, "create role lain login password 'of lain'");
            Rows.update(connection, "create database images owner lain");
        }
        directory = Files.createTempDirectory("several-");
        for (int i = 0; i < INSTANCES; i++) {
            STARTED.add(RegistryServer.start(Map.of(
                    "REGISTRY_DATABASE_URL",
                    address.substring(0, address.lastIndexOf('/')) + "/images",
                    "REGISTRY_DATABASE_USERNAME",
                    "lain",
                    "REGISTRY_DATABASE_PASSWORD",
                    "of lain",
                    "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                    directory.toString())));
        }
        RegistryClient client = new RegistryClient(STARTED.getFirst().uri());
        byte[] config = "{}".getBytes(UTF_8);
        Digest digest = client.pushBlob(REPOSITORY, config);
        for (int i = 0; i < MANIFESTS; i++) {
            byte[] manifest = SampleManifests.image(digest, config.length, "number " + i);
            CONTENTS.add(manifest);
            client.pushManifest(REPOSITORY, RegistryClient.digest(manifest).toString(), SampleManifests.TYPE, manifest);
        }
    }

    @AfterAll
    static void end() {
        STARTED.forEach(RegistryServer::close);
        postgres.close();
        DirectoryTree.delete(directory);
    }

    /** What a client asks for. */
    enum Request {
        MOVE {
            @Override
            HttpResponse<byte[]> send(RegistryClient instance, String tag, int expected, int named) {
                return instance.put(tag, CONTENTS.get(named - 1), "Content-Type", SampleManifests.TYPE);
            }

            @Override
            Operation answered(HttpResponse<byte[]> answer, int expected, int named, long begin, long end) {
                RegistryClient.expect(201, answer);
                return Operation.move(named, begin, end);
            }

            @Override
            int afterwards(int before, int expected, int named) {
                return named;
            }
        },
        MOVE_FROM {
            @Override
            HttpResponse<byte[]> send(RegistryClient instance, String tag, int expected, int named) {
                String[] precondition = expected == NOTHING
                        ? new String[] {"If-None-Match", "*"}
                        : new String[] {"If-Match", EntityTags.of(digest(expected))};
                return instance.put(
                        tag,
                        CONTENTS.get(named - 1),
                        "Content-Type",
                        SampleManifests.TYPE,
                        precondition[0],
                        precondition[1]);
            }

            @Override
            Operation answered(HttpResponse<byte[]> answer, int expected, int named, long begin, long end) {
                if (answer.statusCode() == 412) {
                    return Operation.refusal(expected, begin, end);
                }
                RegistryClient.expect(201, answer);
                return Operation.moveFrom(expected, named, begin, end);
            }

            @Override
            int afterwards(int before, int expected, int named) {
                return before == expected ? named : before;
            }
        },
        DELETE {
            @Override
            HttpResponse<byte[]> send(RegistryClient instance, String tag, int expected, int named) {
                return instance.delete(tag);
            }

            @Override
            Operation answered(HttpResponse<byte[]> answer, int expected, int named, long begin, long end) {
                if (answer.statusCode() == 404) {
                    return Operation.read(NOTHING, begin, end);
                }
                RegistryClient.expect(202, answer);
                return Operation.deletion(begin, end);
            }

            @Override
            int afterwards(int before, int expected, int named) {
                return NOTHING;
            }
        },
        READ {
            @Override
            HttpResponse<byte[]> send(RegistryClient instance, String tag, int expected, int named) {
                return instance.head(tag, "Accept", SampleManifests.TYPE);
            }

            @Override
            Operation answered(HttpResponse<byte[]> answer, int expected, int named, long begin, long end) {
                if (answer.statusCode() == 404) {
                    return Operation.read(NOTHING, begin, end);
                }
                String seen = RegistryClient.expect(200, answer)
                        .headers()
                        .firstValue("Docker-Content-Digest")
                        .orElseThrow();
                int number = IntStream.rangeClosed(1, MANIFESTS)
                        .filter(i -> digest(i).toString().equals(seen))
                        .findFirst()
                        .orElseThrow();
                return Operation.read(number, begin, end);
            }

            @Override
            int afterwards(int before, int expected, int named) {
                return before;
            }
        };

        abstract HttpResponse<byte[]> send(RegistryClient instance, String tag, int expected, int named);

        abstract Operation answered(HttpResponse<byte[]> answer, int expected, int named, long begin, long end);

        /** What the tag names once the request took effect, which was not answered. */
        abstract int afterwards(int before, int expected, int named);

        private static Digest digest(int number) {
            return RegistryClient.digest(CONTENTS.get(number - 1));
        }

        /** One that most likely changes something, or nothing, half the time each. */
        static Request any(Random random) {
            return switch (random.nextInt(8)) {
                case 0, 1 -> MOVE;
                case 2, 3 -> MOVE_FROM;
                case 4 -> DELETE;
                default -> READ;
            };
        }
    }

    /** What a client did and was told; empty if it asked for nothing that may have taken effect. */
    private static Optional<Operation> operate(RegistryClient instance, String tag, Random random) {
        Request request = Request.any(random);
        int expected = random.nextInt(1 + MANIFESTS);
        int named = 1 + random.nextInt(MANIFESTS);
        long begin = System.nanoTime();
        try {
            HttpResponse<byte[]> answer =
                    request.send(instance, "/v2/" + REPOSITORY + "/manifests/" + tag, expected, named);
            long end = System.nanoTime();
            if (answer.statusCode() < 500) {
                return Optional.of(request.answered(answer, expected, named, begin, end));
            }
            assertThat(answer.headers().firstValue("Retry-After"))
                    .as(new String(answer.body(), UTF_8))
                    .isPresent();
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof ConnectException) {
                return Optional.empty();
            }
        }
        return request == Request.READ
                ? Optional.empty()
                : Optional.of(new Operation(
                        request + " unanswered",
                        begin,
                        Long.MAX_VALUE,
                        before -> request.afterwards(before, expected, named)));
    }

    /** What clients did and were told, by tag. */
    private static Map<String, Queue<Operation>> inClients(BooleanSupplier isGoingOn, AtomicLong left, int history)
            throws Exception {
        Map<String, Queue<Operation>> operations = new ConcurrentHashMap<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<?>> working = new ArrayList<>();
            for (int number = 0; number < CLIENTS; number++) {
                Random random = new Random(100L * history + number);
                working.add(clients.submit(() -> {
                    List<RegistryClient> instances = STARTED.stream()
                            .map(instance -> new RegistryClient(instance.uri()))
                            .toList();
                    while (isGoingOn.getAsBoolean()) {
                        String tag = "h" + history + "." + random.nextInt(TAGS);
                        operate(instances.get(random.nextInt(INSTANCES)), tag, random)
                                .ifPresent(operation -> {
                                    left.decrementAndGet();
                                    operations
                                            .computeIfAbsent(tag, of -> new ConcurrentLinkedQueue<>())
                                            .add(operation);
                                });
                    }
                }));
            }
            for (Future<?> worker : working) {
                worker.get();
            }
        }
        return operations;
    }

    @Test
    void aTagIsOneThingToAllClientsWhateverInstanceTheyAskAndWhicheverIsKilled() throws Exception {
        for (int history = 1; history <= HISTORIES; history++) {
            Map<String, Queue<Operation>> operations = whileInstancesAreKilled(history);

            List<Operation> all =
                    operations.values().stream().flatMap(Queue::stream).toList();
            long unanswered =
                    all.stream().filter(operation -> !operation.isAnswered()).count();
            System.out.println("tags: " + all.size() + " operations, " + unanswered + " of them unanswered");
            assertThat(all).hasSizeGreaterThan(OPERATIONS);
            assertThat(unanswered).isLessThan(OPERATIONS / 20);
            assertThat(operations).hasSize(TAGS);
            operations.forEach((tag, of) -> assertThat(TagOperations.haveAnOrder(List.copyOf(of)))
                    .as(tag)
                    .isTrue());
        }
    }

    private static Map<String, Queue<Operation>> whileInstancesAreKilled(int history) throws Exception {
        AtomicLong left = new AtomicLong(OPERATIONS);
        AtomicInteger kills = new AtomicInteger();
        BooleanSupplier isGoingOn = () -> left.get() > 0 || kills.get() < KILLS;
        try (ExecutorService killer = Executors.newSingleThreadExecutor()) {
            Future<?> killing = killer.submit(() -> {
                while (isGoingOn.getAsBoolean()) {
                    RegistryServer instance = STARTED.get(kills.get() % INSTANCES);
                    Thread.sleep(BETWEEN_KILLS);
                    instance.kill();
                    instance.startAgain();
                    kills.incrementAndGet();
                }
                return kills;
            });
            Map<String, Queue<Operation>> operations = inClients(isGoingOn, left, history);
            killing.get();
            return operations;
        }
    }
}
