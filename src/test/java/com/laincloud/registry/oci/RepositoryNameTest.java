package com.laincloud.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryNameTest {

    private static final int HUGE = 10 << 20;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "0",
                "alpine",
                "library/alpine",
                "a/b/c/d/e/f",
                "a.b",
                "a_b",
                "a__b",
                "a-b",
                "a--b",
                "a-------b",
                "a.b_c__d-e/f.g",
                "manifests/blobs/uploads/tags/list",
                "a/manifests",
                "127.0.0.1/x",
            })
    void namesOfTheSpecificationAreNames(String text) {
        assertThat(RepositoryName.valueOf(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/a",
                "a/",
                "a//b",
                ".a",
                "a.",
                "a..b",
                "_a",
                "a_",
                "a___b",
                "-a",
                "a-",
                "a._b",
                "a-.b",
                "a_-b",
                "a/.b",
                "a./b",
                "a/-b",
                "a/_b",
                "A",
                "a/B",
                "a b",
                "a:b",
                "a@b",
                "a\u0000b",
                "a\n",
                "\u00e4",
                "\u0661",
                "a\\b",
                "..",
                "a/../b",
                "a%2fb",
                "*",
            })
    void nothingElseIsAName(String text) {
        assertInvalid(text);
    }

    @Test
    void aNameHasUpTo255Characters() {
        assertThat(RepositoryName.valueOf("a".repeat(255)).value()).hasSize(255);
        assertThat(RepositoryName.valueOf("a/".repeat(127) + "a").value()).hasSize(255);
        assertInvalid("a".repeat(256));
        assertInvalid("a/".repeat(127) + "aa");
    }

    @Test
    void hostileInputIsRefusedInOnePass() {
        for (String unit : List.of("a", "a-", "a.", "-", "a/", "_", "a__", "\u00e4")) {
            String hostile = unit.repeat(HUGE / unit.length());
            Assertions.assertTimeout(Duration.ofSeconds(1), () -> assertInvalid(hostile + "!"));
        }
    }

    private static void assertInvalid(String text) {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> RepositoryName.valueOf(text))
                .matches(e -> e.code() == ErrorCode.NAME_INVALID && e.status() == 400);
    }
}
