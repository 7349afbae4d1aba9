package com.laincloud.registry.schema1;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Files beside these tests. {@code converted.json} is what docker-registry 2.8.2 answered for {@code schema2.json} with
 * {@code config.json}, pushed as {@code a/b:v1}; {@code stored.json} is the same image pushed by skopeo as schema 1, as that
 * registry served it. The keys are openssl's.
 */
final class Resources {

    private Resources() {}

    static byte[] bytes(String name) {
        try (InputStream in = requireNonNull(Resources.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    static Path path(String name) {
        try {
            return Path.of(
                    requireNonNull(Resources.class.getResource(name), name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
