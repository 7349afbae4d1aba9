package com.laincloud.registry.upload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.laincloud.registry.fuzz.HostileText;
import com.laincloud.registry.fuzz.MutatedText;
import com.laincloud.registry.fuzz.Seed;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
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

    @RepeatedTest(3)
    void whateverIsReadIsARangeAndWhateverIsNotIsRefused() {
        Seed seed = Seed.ofThisRun();
        Random random = seed.random();
        for (int i = 0; i < 20_000; i++) {
            String header = random.nextBoolean()
                    ? HostileText.next(random)
                    : new String(MutatedText.of("bytes 10-19/100".getBytes(ISO_8859_1), random), ISO_8859_1).strip();
            try {
                assertThat(UploadRange.of(header))
                        .satisfies(range -> assertThat(range.length()).isPositive());
            } catch (RegistryException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.RANGE_INVALID);
            } catch (RuntimeException e) {
                fail(seed + ": " + header, e);
            }
        }
    }

    @Test
    void whatIsAcknowledgedCountsTheLastByteAndNothingIsZeroToZero() {
        assertThat(UploadRange.acknowledged(0)).isEqualTo("0-0");
        assertThat(UploadRange.acknowledged(1)).isEqualTo("0-0");
        assertThat(UploadRange.acknowledged(1000)).isEqualTo("0-999");
    }
}
