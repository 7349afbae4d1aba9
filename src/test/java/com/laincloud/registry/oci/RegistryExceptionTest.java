package com.laincloud.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RegistryExceptionTest {

    @Test
    void theStatusIsTheCodesUnlessSaidOtherwise() {
        assertThat(new RegistryException(ErrorCode.BLOB_UNKNOWN, "x").status()).isEqualTo(404);
        assertThat(new RegistryException(ErrorCode.MANIFEST_INVALID, 413, "x").status())
                .isEqualTo(413);
    }

    @Test
    void everyDetailIsKeptAndTheMessageNamesThem() {
        RegistryException e = new RegistryException(ErrorCode.MANIFEST_BLOB_UNKNOWN, List.of("a", "b"));
        assertThat(e.details()).containsExactly("a", "b");
        assertThat(e.detail()).contains("a");
        assertThat(e).hasMessage("MANIFEST_BLOB_UNKNOWN: a, b");
    }

    @Test
    void aDetailOfMegabytesIsCutShort() {
        RegistryException e = new RegistryException(ErrorCode.NAME_INVALID, "x".repeat(10 << 20));
        assertThat(e.details()).hasSize(1);
        assertThat(e.details().getFirst()).hasSizeLessThan(2000);
        assertThat(e.getMessage()).hasSizeLessThan(2000);
    }
}
