package com.laincloud.registry.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MomentTextTest {

    @Test
    void aMomentHasAZoneAndAPlusMayHaveBecomeASpace() {
        for (String text :
                new String[] {"2026-11-30T12:00:00Z", "2026-11-30T14:00:00.000+02:00", "2026-11-30T14:00:00 02:00"}) {
            assertThat(MomentText.parse(text)).contains(Instant.parse("2026-11-30T12:00:00Z"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "now",
                "2026-11-30",
                "2026-11-30T12:00:00",
                "2026-02-30T12:00:00Z",
                "-0001-01-01T00:00:00Z",
                "+10000-01-01T00:00:00Z",
                "-999999999-01-01T00:00:00Z"
            })
    void whatRfc3339DoesNotKnowIsNone(String text) {
        assertThat(MomentText.parse(text)).isEmpty();
    }
}
