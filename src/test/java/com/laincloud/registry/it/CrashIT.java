package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Kills the server, or its database, at random moments of concurrent pushes. {@code -Dcrash.rounds} says how often (5 unless told), {@code
 * -Dcrash.seed} repeats the choices of an earlier run, which prints its seed; the moments stay a matter of chance.
 */
@Alone
class CrashIT {

    private static final Duration LONGEST_RESTART = Duration.ofSeconds(30);

    private final long seed = Long.getLong("crash.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final int rounds = Integer.getInteger("crash.rounds", 5);
    private final RegistryServer server = RegistryServer.start();
    private final RegistryClient client = new RegistryClient(server.uri());
    private final PushJournal journal = new PushJournal(client, random);

    @BeforeEach
    void tellTheSeed() {
        System.out.printf("CrashIT: %d rounds, -Dcrash.seed=%d%n", rounds, seed);
    }

    @AfterEach
    void stopTheServer() {
        server.close();
    }

    @Test
    void whatWasAcknowledgedBeforeAKillIsServedAfterItAndNothingElseIsServedInPart() throws Exception {
        List<Duration> restarts = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            journal.pushUntil(server::kill);
            restarts.add(startAgain());
            journal.checkAndCompleteLatest();
        }
        journal.checkAll();

        System.out.printf("CrashIT: %s; restarts took %s%n", journal, restarts);
        assertThat(journal.acknowledged())
                .as("pushes that a kill could have lost")
                .isGreaterThan(rounds);
        assertThat(restarts).allSatisfy(restart -> assertThat(restart).isLessThan(LONGEST_RESTART));
    }

    @Test
    void whatWasAcknowledgedBeforeTheDatabaseDiedIsServedAfterItAndRequestsMeanwhileAreToldToComeBack()
            throws Exception {
        List<Duration> recoveries = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            journal.pushUntil(this::strikeTheDatabase);
            recoveries.add(awaitRecovery());
            journal.checkAndCompleteLatest();
        }
        journal.checkAll();

        System.out.printf("CrashIT: %s; the database came back in %s%n", journal, recoveries);
        assertThat(journal.acknowledged())
                .as("pushes that a death could have lost")
                .isGreaterThan(rounds);
    }

    private void strikeTheDatabase() {
        switch (random.nextInt(4)) {
            case 0 -> server.killDatabase();
            case 1 -> server.killPostmaster();
            case 2 -> server.signalBackend("KILL", random);
            default -> server.signalBackend("TERM", random);
        }
    }

    private Duration awaitRecovery() {
        Instant begin = Instant.now();
        await().atMost(LONGEST_RESTART).pollInterval(Duration.ofMillis(50)).until(this::answers);
        return Duration.between(begin, Instant.now());
    }

    private boolean answers() {
        try {
            client.pushBlob("crash/recovery", new byte[] {(byte) random.nextInt()});
            return true;
        } catch (UnexpectedAnswerError answer) {
            if (!answer.saysToComeBack()) {
                throw answer;
            }
            return false;
        }
    }

    /** Starts the server, every third time after one more kill in the middle of its start. */
    private Duration startAgain() {
        if (random.nextInt(3) == 0) {
            server.startAndKillAfter(Duration.ofMillis(random.nextInt(4000)));
        }
        Instant begin = Instant.now();
        server.startAgain();
        return Duration.between(begin, Instant.now());
    }
}
