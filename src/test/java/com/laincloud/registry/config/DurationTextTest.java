package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "168h, PT168H",
        "1m30s, PT1M30S",
        "1h15m30.918s, PT1H15M30.918S",
        "1.5h, PT1H30M",
        ".5s, PT0.5S",
        "5.s, PT5S",
        "300ms, PT0.3S",
        "10us, PT0.00001S",
        "10µs, PT0.00001S",
        "7ns, PT0.000000007S",
        "0, PT0S",
        "0s, PT0S",
        "1s1s, PT2S",
    })
    void durationsAreReadAsGoWritesThem(String text, Duration duration) {
        assertThat(DurationText.parse(text)).hasValue(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "h",
                "1",
                "168",
                "1d",
                "1 h",
                " 1h",
                "1h ",
                "-1h",
                "+1h",
                "1h30",
                "1..5h",
                ".h",
                "1H",
                "PT1H",
                "1e3s",
                "9999999999h",
                "999999999999999999999h"
            })
    void whatGoWouldNotReadOrIsNegativeIsNone(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }
}
