package com.laincloud.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalRequestTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, localhost:5000",
        "127.0.0.1, 127.0.0.1:5000",
        "127.0.0.1, LOCALHOST",
        "0:0:0:0:0:0:0:1, [::1]:5000",
    })
    void whoAsksALoopbackAddressFromOneIsLocal(String peer, String host) {
        assertThat(LocalRequest.isLocal(peer, host)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, localhost:5000",
        "127.0.0.1, registry.example.com",
        "127.0.0.1, 127.0.0.1.example.com",
        "127.0.0.1, localhost.example.com:5000",
        "127.0.0.1,",
        "::ffff:10.0.0.1, localhost",
    })
    void noOtherRequestIs(String peer, String host) {
        assertThat(LocalRequest.isLocal(peer, host)).isFalse();
    }
}
