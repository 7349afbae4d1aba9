package com.laincloud.registry.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.storage.StoredContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeManifestsTest {

    private final byte[] payload = new byte[4_000_000];
    private final Digest digest;
    private final AtomicInteger reads = new AtomicInteger();
    private final Path directory;
    private final LargeManifests manifests;

    LargeManifestsTest(@TempDir Path directory) {
        new Random(1).nextBytes(payload);
        this.digest = Digest.of(DigestAlgorithm.SHA256, payload);
        this.directory = directory;
        this.manifests = new LargeManifests(new ManifestMemory(), directory);
    }

    private StoredContent content(LargeManifests from) {
        return from.content(digest, payload.length, () -> {
            reads.incrementAndGet();
            return payload;
        });
    }

    private void isPayload(StoredContent content) throws IOException {
        assertThat(content.size()).isEqualTo(payload.length);
        try (InputStream all = content.open(0)) {
            assertThat(all.readAllBytes()).isEqualTo(payload);
        }
        try (InputStream end = content.open(3_999_990)) {
            assertThat(end.readAllBytes()).isEqualTo(Arrays.copyOfRange(payload, 3_999_990, payload.length));
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> list = Files.list(directory)) {
            return list.toList();
        }
    }

    @Test
    void aManifestIsReadOnceForAllThatPullItAndLiesInAFileUntilTheEnd() throws IOException {
        for (int i = 0; i < 10; i++) {
            isPayload(content(manifests));
        }
        assertThat(reads).hasValue(1);
        assertThat(files()).hasSize(1);

        manifests.clear();
        assertThat(files()).isEmpty();
    }

    @Test
    void whatCannotBeReadLeavesNoFile() throws IOException {
        assertThatThrownBy(() -> manifests.content(digest, payload.length, () -> {
                    throw new IllegalStateException("deleted meanwhile");
                }))
                .hasMessage("deleted meanwhile");
        assertThat(files()).isEmpty();
        isPayload(content(manifests));
    }

    @Test
    void whereNoFileCanBeWrittenManifestsAreSentAFewAtATime() throws IOException {
        LargeManifests without = new LargeManifests(new ManifestMemory(), directory.resolve("gone"));
        for (int i = 0; i < 10; i++) {
            isPayload(content(without)); // and the room of each is given back
        }
        List<InputStream> open = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            open.add(content(without).open(0));
        }
        assertThatThrownBy(() -> content(without).open(0)).hasMessageContaining("too many large manifests");
        for (InputStream stream : open) {
            stream.close();
            stream.close();
        }
        isPayload(content(without));
    }
}
