package com.laincloud.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "latest",
                "1",
                "_",
                "__x",
                "V1.0",
                "release-1500000000-abcdef",
                "a.b-c_d",
                "A",
                "x..y",
                "x-",
                "x."
            })
    void tagsOfTheSpecificationAreTags(String text) {
        assertThat(Tag.valueOf(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "-", ".a", "-a", "a b", "a/b", "a:b", "a+b", "a\n", "\u00e4", "\u0661", "a\u0000"
            })
    void nothingElseIsATag(String text) {
        assertInvalid(text);
    }

    @Test
    void aTagHasUpTo128Characters() {
        assertThat(Tag.valueOf("a".repeat(128)).name()).hasSize(128);
        assertInvalid("a".repeat(129));
        assertInvalid("a".repeat(10 << 20));
    }

    private static void assertInvalid(String text) {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> Tag.valueOf(text))
                .matches(e -> e.code() == ErrorCode.TAG_INVALID && e.status() == 400);
    }
}
