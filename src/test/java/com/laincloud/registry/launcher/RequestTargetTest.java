package com.laincloud.registry.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v2/",
                "/v2/a/manifests/sha256%3Aab",
                "/v2/a%2Fb/tags/list",
                "/v2/caf%C3%A9/tags/list",
                "/v2/a/..b",
                "/v2/a/b..",
                "/v2/a/...",
                "/v2/../a",
                "/v2/a//b",
                "*",
                ""
            })
    void whatCanBeDecodedStaysAsItIs(String target) {
        assertThat(RequestTarget.decodable(target)).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/%zz, /v2/%25zz",
        "/v2/%, /v2/%25",
        "/v2/%4, /v2/%254",
        "/v2/a%00b, /v2/a%2500b",
        "/v2/%ff%fe, /v2/%25ff%25fe",
        "/v2/%C0%AE, /v2/%25C0%25AE",
        "/v2/%5c, /v2/%255c",
        "/v2/a\\b, /v2/a%255Cb",
        "/v2/%41%zz, /v2/%2541%25zz",
        "/v2/a/.., /v2/a/../",
        "/v2/a/b//.., /v2/a/b//../",
        "/v2/a/., /v2/a/./",
        "/v2/a/.%2E, /v2/a/.%2E/",
        "/.., /../",
        "////.////, /%252F/%252F./%252F/%252F",
        "/.///a, /./%252F/a",
        "/%2F%2e%2F%2F, /%252F%2e/%252F",
        "//a/., //a/./",
        "/./a//b/., /./a/%252Fb/./",
    })
    void whatCannotIsDecodedToWhatWasWrittenOrMeant(String target, String decodable) {
        assertThat(RequestTarget.decodable(target)).isEqualTo(decodable);
    }
}
