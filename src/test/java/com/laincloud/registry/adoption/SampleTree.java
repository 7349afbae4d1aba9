package com.laincloud.registry.adoption;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.MediaTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A tree as docker/distribution 2.x writes it. */
final class SampleTree {

    private final Path root;

    SampleTree(Path root) {
        this.root = root;
    }

    /** The storage root. */
    Path root() {
        return root;
    }

    /** Stores content that no repository shows yet. */
    Digest content(byte[] content) {
        Digest digest = Digest.of(DigestAlgorithm.SHA256, content);
        write(data(digest), content);
        return digest;
    }

    /** Pushes a layer or config. */
    Digest layer(String repository, String content) {
        return show(repository, content(content.getBytes(UTF_8)));
    }

    /** Shows stored content in a repository, as a mount does. */
    Digest show(String repository, Digest digest) {
        write(layerLink(repository, digest), digest.toString().getBytes(UTF_8));
        return digest;
    }

    /** Pushes a manifest without a tag. */
    Digest manifest(String repository, String payload) {
        Digest digest = content(payload.getBytes(UTF_8));
        write(revisionLink(repository, digest), digest.toString().getBytes(UTF_8));
        return digest;
    }

    /** Pushes an image of one config and one layer, both of its own. */
    Digest image(String repository, String note) {
        Digest config = layer(repository, "{\"config\":\"" + note + "\"}");
        Digest layer = layer(repository, "layer " + note);
        return manifest(repository, image(config, layer));
    }

    /** Pushes an index of these images. */
    Digest index(String repository, Digest... images) {
        return manifest(repository, """
                {"schemaVersion":2,"mediaType":"%s","manifests":[%s]}""".formatted(
                        MediaTypes.DOCKER_MANIFEST_LIST,
                        Arrays.stream(images)
                                .map(image -> descriptor(MediaTypes.DOCKER_MANIFEST, image, 1))
                                .collect(Collectors.joining(","))));
    }

    /** Points a tag at a manifest, at some moment. */
    void tag(String repository, String tag, Digest manifest, Instant at) {
        Path directory = tag(repository, tag);
        for (Path link :
                new Path[] {directory.resolve("index/" + digits(manifest) + "/link"), directory.resolve("current/link")
                }) {
            write(link, manifest.toString().getBytes(UTF_8));
            touch(link, at);
        }
    }

    /** The text of a schema 2 image, with the lengths that its blobs have. */
    String image(Digest config, Digest layer) {
        return """
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}""".formatted(
                        MediaTypes.DOCKER_MANIFEST,
                        descriptor("application/vnd.docker.container.image.v1+json", config, size(config)),
                        descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", layer, size(layer)));
    }

    static String descriptor(String mediaType, Digest digest, long size) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}".formatted(mediaType, digest, size);
    }

    private long size(Digest digest) {
        try {
            return Files.exists(data(digest)) ? Files.size(data(digest)) : 1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path data(Digest digest) {
        return root.resolve("docker/registry/v2/blobs/%s/%s/%s/data"
                .formatted(digest.algorithm().identifier(), digest.encoded().substring(0, 2), digest.encoded()));
    }

    Path repository(String repository) {
        return root.resolve("docker/registry/v2/repositories").resolve(repository);
    }

    Path layerLink(String repository, Digest digest) {
        return repository(repository).resolve("_layers/" + digits(digest) + "/link");
    }

    Path revisionLink(String repository, Digest digest) {
        return repository(repository).resolve("_manifests/revisions/" + digits(digest) + "/link");
    }

    Path tag(String repository, String tag) {
        return repository(repository).resolve("_manifests/tags/" + tag);
    }

    private static String digits(Digest digest) {
        return digest.algorithm().identifier() + "/" + digest.encoded();
    }

    static void write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void touch(Path file, Instant at) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(at));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
