package com.laincloud.registry.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.auth.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepeatLimitTest {

    private final TestClock clock = new TestClock(Instant.EPOCH);
    private final RepeatLimit<String> limit = new RepeatLimit<>(3, clock);

    @Test
    void equalThingsAreLetThroughOnceAMinuteAndCountedInBetween() {
        assertThat(limit.admit("a")).hasValue(0);
        assertThat(limit.admit("a")).isEmpty();
        assertThat(limit.admit("a")).isEmpty();
        assertThat(limit.admit("b")).hasValue(0);
        clock.pass(Duration.ofMinutes(1));

        assertThat(limit.admit("a")).hasValue(2);
        assertThat(limit.admit("a")).isEmpty();
        assertThat(limit.admit("b")).hasValue(0);
    }

    @Test
    void ofDifferentThingsSoManyAreLetThroughAMinuteAndTheOthersCounted() {
        for (String thing : new String[] {"a", "b", "c"}) {
            assertThat(limit.admit(thing)).hasValue(0);
        }
        assertThat(limit.admit("d")).isEmpty();
        clock.pass(Duration.ofMinutes(1));

        assertThat(limit.admit("d")).hasValue(1);
    }

    @Test
    void aFloodOfDifferentThingsIsLetThroughNoMoreThanThat() {
        assertThat(IntStream.range(0, 1_000_000)
                        .filter(i -> limit.admit("thing " + i).isPresent()))
                .hasSize(3);
    }
}
