package com.laincloud.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=0-99, 0, 100",
        "bytes=0-1000, 0, 100",
        "bytes=99-, 99, 1",
        "bytes=10-19, 10, 10",
        "bytes=-1, 99, 1",
        "bytes=-100, 0, 100",
        "bytes=-1000, 0, 100",
        "bytes=5-99999999999999999999999, 5, 95",
        "bytes=-99999999999999999999999, 0, 100",
    })
    void aSingleRangeIsCutToTheContent(String header, long first, long length) {
        assertThat(ByteRange.of(header, 100)).contains(new ByteRange(first, length));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "bytes=1-2,4-5",
                "bytes=--5",
                "bytes=1-2-3",
                "items=0-5",
                "bytes=+1-2",
                "bytes=0x1-2"
            })
    void whatIsNoSingleRangeAsksForTheWhole(@Nullable String header) {
        assertThat(ByteRange.of(header, 100)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=5-4", "bytes=99999999999999999999999-"})
    void aRangeWithoutAByteOfTheContentIsNotSatisfiableAndTheAnswerNamesTheSize(String header) {
        assertThatThrownBy(() -> ByteRange.of(header, 100)).isInstanceOfSatisfying(RegistryException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.RANGE_INVALID);
            assertThat(e.status()).isEqualTo(416);
            assertThat(e.headers()).containsEntry("Content-Range", "bytes */100");
        });
    }

    @Test
    void noRangeOfNothingIsSatisfiable() {
        assertThatThrownBy(() -> ByteRange.of("bytes=0-", 0)).isInstanceOf(RegistryException.class);
        assertThatThrownBy(() -> ByteRange.of("bytes=-5", 0)).isInstanceOf(RegistryException.class);
    }

    @Test
    void theContentRangeCountsBothEndsAndTheWhole() {
        assertThat(new ByteRange(10, 5).contentRange(100)).isEqualTo("bytes 10-14/100");
    }
}
