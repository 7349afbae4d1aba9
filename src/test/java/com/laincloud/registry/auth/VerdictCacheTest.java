package com.laincloud.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
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
    void theOneAskedForLongestAgoIsForgottenFirst() {
        put("a", "A", 10);
        put("b", "B", 10);
        cache.find("a");
        put("c", "C", 10);

        assertThat(cache.find("b")).isEmpty();
        assertThat(cache.find("a")).contains("A");
        assertThat(cache.find("c")).contains("C");
    }
}
