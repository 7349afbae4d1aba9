package com.laincloud.registry.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.s3.TroubledWay.Fate;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * 64 clients push to three instances behind nginx, while instances are killed, one request in twenty to the store fails, and the
 * primary of the database is killed once and goes silent once. {@code -Dha.minutes=10} says for how long.
 */
@Alone
@EnabledIfSystemProperty(named = "ha.minutes", matches = "\\d+")
class HighAvailabilityIT {

    private static final Duration TIME = Duration.ofMinutes(Integer.getInteger("ha.minutes", 0));
    private static final int CLIENTS = 64;
    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(5);
    private static final Duration LONGEST_FAILOVER = Duration.ofMinutes(2);
    private static final String PROBE = "/v2/ha/probe/manifests/latest";
    private static final Fate[] TROUBLES = {Fate.REFUSED, Fate.BROKEN, Fate.UNANSWERED};

    private static Fate fate() {
        Random random = ThreadLocalRandom.current();
        return random.nextInt(20) == 0 ? TROUBLES[random.nextInt(TROUBLES.length)] : Fate.PASSES;
    }

    @Test
    void nothingThatWasAcknowledgedIsLostAndNoClientHasToDoMoreThanItDoesAnyway() throws Exception {
        try (RegistryCluster cluster = RegistryCluster.start(HighAvailabilityIT::fate);
                ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            RegistryClient client = new RegistryClient(cluster.uri());
            List<PatientPusher> pushers = IntStream.range(0, CLIENTS)
                    .mapToObj(number -> new PatientPusher(client, "ha/p" + number, number))
                    .toList();
            List<Future<PatientPusher>> pushing =
                    pushers.stream().map(threads::submit).toList();
            try {
                strike(cluster, client);
            } finally {
                pushers.forEach(PatientPusher::end);
            }
            for (Future<PatientPusher> pusher : pushing) {
                pusher.get();
            }

            System.out.printf(
                    "HighAvailabilityIT: %d images acknowledged; steps by the attempts they took: %s%n",
                    pushers.stream().mapToInt(PatientPusher::acknowledged).sum(),
                    IntStream.rangeClosed(1, 5)
                            .mapToObj(attempts -> pushers.stream()
                                    .mapToInt(pusher -> pusher.steps(attempts))
                                    .sum())
                            .toList());
            assertThat(pushers).allMatch(pusher -> pusher.acknowledged() > 0);
            for (Future<?> checked : pushers.stream()
                    .map(pusher -> threads.submit(() -> {
                        pusher.check();
                        return pusher;
                    }))
                    .toList()) {
                checked.get();
            }
            await("a check, where one by the schedule may be at work")
                    .atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> assertThat(cluster.run("registry", "check"))
                            .contains("check: 0 blobs without their bytes"));
        }
    }

    /** Instances die all the time; the primary is killed after a quarter of it, and goes silent in the middle. */
    private static void strike(RegistryCluster cluster, RegistryClient client) throws Exception {
        byte[] config = "{}".getBytes(UTF_8);
        Digest digest = client.pushBlob("ha/probe", config);
        byte[] probe = SampleManifests.image(digest, config.length);
        client.pushManifest("ha/probe", "latest", SampleManifests.TYPE, probe);
        long begin = System.nanoTime();
        try (Heartbeat reads = Heartbeat.reading(client, PROBE);
                Heartbeat writes = Heartbeat.writing(client, PROBE, probe)) {
            killInstances(cluster, begin + TIME.toNanos() / 4);
            failOver(cluster, "kill", "start", reads, writes);
            killInstances(cluster, begin + TIME.toNanos() / 2);
            failOver(cluster, "pause", "resume", reads, writes);
            killInstances(cluster, begin + TIME.toNanos());
        }
    }

    private static void killInstances(RegistryCluster cluster, long end) throws InterruptedException {
        for (int kills = 0; System.nanoTime() < end; kills++) {
            TimeUnit.NANOSECONDS.sleep(Math.min(BETWEEN_KILLS.toNanos(), Math.max(0, end - System.nanoTime())));
            cluster.run("kill", RegistryCluster.instance(kills));
            cluster.run("start", RegistryCluster.instance(kills));
        }
    }

    private static void failOver(
            RegistryCluster cluster, String strike, String amends, Heartbeat reads, Heartbeat writes)
            throws InterruptedException {
        String primary = cluster.primary();
        long struck = System.nanoTime();
        cluster.run(strike, primary);
        String next = await("another primary")
                .atMost(LONGEST_FAILOVER)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> others(primary)
                                .filter(name -> answers(cluster, name, "select not pg_is_in_recovery()"))
                                .findFirst()
                                .orElse(""),
                        name -> !name.isEmpty());
        long readable = System.nanoTime();
        await("commits")
                .atMost(LONGEST_FAILOVER)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> answers(cluster, next, "select pg_logical_emit_message(true, '', '') is not null"));
        long writable = System.nanoTime();
        Thread.sleep(30_000);
        System.out.printf(
                "HighAvailabilityIT: %s %s: %s takes over after %d ms, and commits after %d ms;"
                        + " beside that, reads were away for %d ms and writes for %d ms%n",
                strike,
                primary,
                next,
                (readable - struck) / 1_000_000,
                (writable - struck) / 1_000_000,
                reads.gap(struck, readable).toMillis(),
                writes.gap(struck, writable).toMillis());
        cluster.run(amends, primary);
    }

    private static Stream<String> others(String primary) {
        return Stream.of("postgres1", "postgres2", "postgres3").filter(name -> !name.equals(primary));
    }

    private static boolean answers(RegistryCluster cluster, String name, String question) {
        try (Connection connection = cluster.database(name)) {
            return Rows.query(connection, question, row -> row.getBoolean(1)).contains(true);
        } catch (SQLException | IOException e) {
            return false;
        }
    }
}
