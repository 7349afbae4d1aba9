package com.laincloud.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class ReferenceTest {

    private static final String DIGEST = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void whatHasAColonIsADigest() {
        assertThat(Reference.valueOf(DIGEST)).isEqualTo(Digest.valueOf(DIGEST));
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> Reference.valueOf("latest:"))
                .matches(e -> e.code() == ErrorCode.DIGEST_INVALID);
    }

    @Test
    void everythingElseIsATag() {
        assertThat(Reference.valueOf("latest")).isEqualTo(new Tag("latest"));
        assertThat(Reference.valueOf(DIGEST.replace(':', '-'))).isInstanceOf(Tag.class);
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> Reference.valueOf(".latest"))
                .matches(e -> e.code() == ErrorCode.TAG_INVALID);
    }
}
