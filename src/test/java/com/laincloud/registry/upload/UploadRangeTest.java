package com.laincloud.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UploadRangeTest {

    @ParameterizedTest
    @ValueSource(strings = {"10-19", "bytes 10-19/*", "bytes 10-19/100", "10-19/20"})
    void theSpecificationsFormAndThatOfHttpAreRead(String header) {
        assertThat(UploadRange.of(header))
                .isEqualTo(new UploadRange(10, 19))
                .satisfies(range -> assertThat(range.length()).isEqualTo(10));
    }

    @Test
    void noHeaderIsNoRange() {
        assertThat(UploadRange.of(null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "5",
                "5-",
                "-5",
                "5-4",
                "a-b",
                "1-2-3",
                "99999999999999999999-99999999999999999999",
                "-1-5"
            })
    void whatIsNoRangeIsRefused(String header) {
        assertThatThrownBy(() -> UploadRange.of(header))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RANGE_INVALID));
    }

    @Test
    void whatIsAcknowledgedCountsTheLastByteAndNothingIsZeroToZero() {
        assertThat(UploadRange.acknowledged(0)).isEqualTo("0-0");
        assertThat(UploadRange.acknowledged(1)).isEqualTo("0-0");
        assertThat(UploadRange.acknowledged(1000)).isEqualTo("0-999");
    }
}
