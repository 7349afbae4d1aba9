package com.laincloud.registry.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import org.junit.jupiter.api.Test;

class EntityTagsTest {

    private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA256, new byte[0]);
    private static final Digest OTHER = Digest.of(DigestAlgorithm.SHA256, new byte[1]);

    @Test
    void theTagIsTheQuotedDigest() {
        assertThat(EntityTags.of(DIGEST)).isEqualTo("\"" + DIGEST + "\"");
    }

    @Test
    void aQuotedBareWeakListedOrAnyTagMatches() {
        assertThat(EntityTags.matches("\"" + DIGEST + "\"", DIGEST)).isTrue();
        assertThat(EntityTags.matches(DIGEST.toString(), DIGEST)).isTrue();
        assertThat(EntityTags.matches("W/\"" + DIGEST + "\"", DIGEST)).isTrue();
        assertThat(EntityTags.matches("\"" + OTHER + "\", \"" + DIGEST + "\"", DIGEST))
                .isTrue();
        assertThat(EntityTags.matches("*", DIGEST)).isTrue();
    }

    @Test
    void anotherTagOrNoneDoesNot() {
        assertThat(EntityTags.matches("\"" + OTHER + "\"", DIGEST)).isFalse();
        assertThat(EntityTags.matches("", DIGEST)).isFalse();
        assertThat(EntityTags.matches(null, DIGEST)).isFalse();
    }
}
