package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.security.MessageDigest;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A blob of more bytes than an int can count, through a server whose heap is an eighth of it. */
@ExtendWith(SharedRegistryServer.class)
class LargeBlobIT {

    private static final int BLOCKS = 2049;

    private final byte[] block = new byte[1 << 20];
    private final RegistryServer server;
    private final RegistryClient client;

    LargeBlobIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
        new Random(1).nextBytes(block);
    }

    @Test
    void aBlobOfMoreThanTwoGibibytesComesBackWhole() throws IOException {
        MessageDigest hash = DigestAlgorithm.SHA256.newMessageDigest();
        for (int i = 0; i < BLOCKS; i++) {
            hash.update(block);
        }
        Digest digest = Digest.finish(DigestAlgorithm.SHA256, hash);

        push(RegistryClient.withDigest(client.startUpload("large/blob"), digest));

        assertThat(pull("/v2/large/blob/blobs/" + digest)).isEqualTo(digest);
    }

    private void push(String location) throws IOException {
        HttpURLConnection put = (HttpURLConnection) URI.create(location).toURL().openConnection();
        put.setRequestMethod("PUT");
        put.setDoOutput(true);
        put.setFixedLengthStreamingMode((long) BLOCKS * block.length);
        try (OutputStream body = put.getOutputStream()) {
            for (int i = 0; i < BLOCKS; i++) {
                body.write(block);
            }
        }
        assertThat(put.getResponseCode()).isEqualTo(201);
    }

    private Digest pull(String path) throws IOException {
        HttpURLConnection get =
                (HttpURLConnection) server.uri().resolve(path).toURL().openConnection();
        MessageDigest hash = DigestAlgorithm.SHA256.newMessageDigest();
        byte[] buffer = new byte[1 << 20];
        try (InputStream body = get.getInputStream()) {
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                hash.update(buffer, 0, n);
            }
        }
        assertThat(get.getContentLengthLong()).isEqualTo((long) BLOCKS * block.length);
        return Digest.finish(DigestAlgorithm.SHA256, hash);
    }
}
