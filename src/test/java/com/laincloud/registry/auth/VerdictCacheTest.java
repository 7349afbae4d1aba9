package com.laincloud.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VerdictCacheTest {

    private final TestClock clock = new TestClock(Instant.EPOCH);
    private final VerdictCache<String> cache = new VerdictCache<>(2, clock);

    private void put(String credentials, String value, long seconds) {
        cache.put(credentials, value, clock.instant().plusSeconds(seconds));
    }

    @Test
    void aVerdictIsOfItsCredentialsAloneAndUntilItsTime() {
        put("secret", "verdict", 10);

        assertThat(cache.find("secret")).contains("verdict");
        assertThat(cache.find("Secret")).isEmpty();
        clock.pass(Duration.ofSeconds(9));
        assertThat(cache.find("secret")).contains("verdict");
        clock.pass(Duration.ofSeconds(1));
        assertThat(cache.find("secret")).isEmpty();
    }

    @Test
    void noMoreAreRememberedThanFit() {
        IntStream.range(0, 50).forEach(i -> put("c" + i, "C", 10));

        await().untilAsserted(() -> assertThat(
                        IntStream.range(0, 50).filter(i -> cache.find("c" + i).isPresent()))
                .hasSize(2));
    }
}
