package com.laincloud.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.laincloud.registry.oci.RegistryException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The range that a chunk says it is has a beginning and an end. */
class UploadRangeFuzzTest {

    @FuzzTest
    void range(byte[] header) {
        try {
            UploadRange range = Objects.requireNonNull(UploadRange.of(new String(header, StandardCharsets.ISO_8859_1)));
            assertThat(range.first()).isBetween(0L, range.last());
            assertThat(range.length()).isPositive();
        } catch (RegistryException e) {
            assertThat(e.details()).isNotEmpty();
        }
    }
}
