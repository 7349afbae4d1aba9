package com.laincloud.registry.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StorageKeyTest {

    private static final String DIGITS = "6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b";
    private static final String UPLOAD = "0f5ae6c1-7a3c-4b52-9d0e-0a4a8a6f0b11";

    @ParameterizedTest
    @EnumSource
    void aKeyIsMadeOfDigestAndUploadAndTellsTheDigest(DigestAlgorithm algorithm) {
        Digest digest = Digest.of(algorithm, "content".getBytes(StandardCharsets.UTF_8));
        StorageKey key = StorageKey.of(digest, UUID.fromString(UPLOAD));
        assertThat(key.path())
                .isEqualTo("docker/registry/v2/blobs/" + algorithm.identifier() + "/"
                        + digest.encoded().substring(0, 2) + "/" + digest.encoded() + "/" + UPLOAD);
        assertThat(key.digest()).contains(digest);
        assertThat(StorageKey.parse(key.path())).contains(key);
        assertThat(key).hasToString(key.path());
    }

    @Test
    void aKeyOfDockerDistributionIsAKey() {
        StorageKey key = new StorageKey("docker/registry/v2/blobs/sha256/6c/" + DIGITS + "/data");
        assertThat(key.digest()).hasValueSatisfying(digest -> assertThat(digest).hasToString("sha256:" + DIGITS));
        assertThat(key.upload()).isEmpty();
    }

    @Test
    void aKeyThatWasThereBeforeItsDigestTellsTheUploadAlone() {
        StorageKey key = StorageKey.object(UUID.fromString(UPLOAD), "a-0");
        assertThat(key.path()).isEqualTo("docker/registry/v2/objects/0f/" + UPLOAD + "/a-0");
        assertThat(key.upload()).contains(UUID.fromString(UPLOAD));
        assertThat(key.digest()).isEmpty();
        assertThat(StorageKey.parse(key.path())).contains(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "..",
                "/etc/passwd",
                "docker/registry/v2/blobs/sha256/6c/" + DIGITS,
                "docker/registry/v2/blobs/sha256/6c/" + DIGITS + "/",
                "docker/registry/v2/blobs/sha256/6c/" + DIGITS + "/..",
                "docker/registry/v2/blobs/sha256/6c/" + DIGITS + "/data/",
                "docker/registry/v2/blobs/sha256/6c/" + DIGITS + "/data/../../x",
                "docker/registry/v2/blobs/sha256/6c/" + DIGITS + "/other",
                "docker/registry/v2/blobs/sha256/6c/" + DIGITS + "/0F5AE6C1-7A3C-4B52-9D0E-0A4A8A6F0B11",
                "docker/registry/v2/blobs/sha256/6d/" + DIGITS + "/data",
                "docker/registry/v2/blobs/sha256/6c/" + DIGITS + "00/data",
                "docker/registry/v2/blobs/sha512/6c/" + DIGITS + "/data",
                "docker/registry/v2/blobs/md5/6c/" + DIGITS + "/data",
                "docker/registry/v2/blobs/sha256/6c/../data",
                "docker/registry/v2/blobs/../../../x",
                "docker/registry/v2/objects/0f/" + UPLOAD,
                "docker/registry/v2/objects/0f/" + UPLOAD + "/",
                "docker/registry/v2/objects/0f/" + UPLOAD + "/..",
                "docker/registry/v2/objects/0f/" + UPLOAD + "/data",
                "docker/registry/v2/objects/0f/" + UPLOAD + "/0/1",
                "docker/registry/v2/objects/0e/" + UPLOAD + "/0",
                "docker/registry/v2/objects/0f/0F5AE6C1-7A3C-4B52-9D0E-0A4A8A6F0B11/0",
                "/docker/registry/v2/objects/0f/" + UPLOAD + "/0",
                "/docker/registry/v2/blobs/sha256/6c/" + DIGITS + "/data",
                "docker/registry/v2/blobs/sha256/6c/" + DIGITS + "/data\n",
            })
    void nothingElseIsAKey(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> new StorageKey(path));
        assertThat(StorageKey.parse(path)).isEmpty();
    }
}
