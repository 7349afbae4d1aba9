package com.laincloud.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.laincloud.registry.oci.RegistryException;
import java.nio.charset.StandardCharsets;

/** The range that a client asks for lies within what is there. */
class ByteRangeFuzzTest {

    private static final long SIZE = 1000;

    @FuzzTest
    void range(byte[] header) {
        try {
            ByteRange.of(new String(header, StandardCharsets.ISO_8859_1), SIZE).ifPresent(range -> {
                assertThat(range.first()).isBetween(0L, SIZE - 1);
                assertThat(range.length()).isBetween(1L, SIZE - range.first());
            });
        } catch (RegistryException e) {
            assertThat(e.details()).isNotEmpty();
        }
    }
}
