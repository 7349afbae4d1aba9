package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Cuts the power at random moments: of the first start on a new disk, of concurrent pushes right after it and later, and of
 * starts in between. Everything in memory is gone then, the operating system's included.
 *
 * <p>{@code -Dpowercut.rounds} says how often on each filesystem; without it there is no test. It wants root, and the
 * programs that make these filesystems. {@code -Dpowercut.seed} as in {@link CrashIT}.
 */
@Alone
@EnabledIfSystemProperty(named = "powercut.rounds", matches = "\\d+")
class PowerCutIT {

    private final long seed = Long.getLong("powercut.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs"})
    void whatWasAcknowledgedBeforeThePowerWentIsServedWhenItIsBack(String filesystem) throws Exception {
        int rounds = Integer.getInteger("powercut.rounds");
        System.out.printf("PowerCutIT: %d rounds on %s, -Dpowercut.seed=%d%n", rounds, filesystem, seed);
        long acknowledged = 0;
        int cuts = 0;
        while (cuts < rounds) {
            try (RegistryServer server = RegistryServer.installed(Map.of());
                    VolatileDisk disk = VolatileDisk.create(filesystem, server.root())) {
                PushJournal journal = new PushJournal(new RegistryClient(server.uri()), random);
                if (random.nextBoolean()) {
                    server.startAndCutPowerAfter(Duration.ofMillis(random.nextInt(8000)), disk);
                    cuts++;
                }
                server.startAgain();
                for (int life = random.nextInt(1, 5); life > 0; life--) {
                    journal.pushUntil(() -> server.cutPower(disk));
                    cuts++;
                    if (random.nextInt(3) == 0) {
                        server.startAndCutPowerAfter(Duration.ofMillis(random.nextInt(6000)), disk);
                        cuts++;
                    }
                    server.startAgain();
                    journal.checkAndCompleteLatest();
                }
                journal.checkAll();
                acknowledged += journal.acknowledged();
                server.cutPower(disk);
            }
        }
        System.out.printf("PowerCutIT: %d cuts on %s, %d manifests acknowledged%n", cuts, filesystem, acknowledged);
        assertThat(acknowledged).as("pushes that a cut could have lost").isGreaterThan(rounds);
    }
}
