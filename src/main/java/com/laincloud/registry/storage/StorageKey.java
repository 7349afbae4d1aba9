package com.laincloud.registry.storage;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RegistryException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of one blob's bytes within a driver, relative to its root and never used for other bytes again, not even for
 * the same content pushed a second time: a late delete can then never hit bytes that somebody counts on.
 *
 * <p>A key that exists is of the form below, so that no driver can be led out of its root by one.
 *
 * @param path {@code docker/registry/v2/blobs/<algorithm>/<first two digits>/<digits>/<uuid>}, the last part being
 *     {@code data} in a tree that docker/distribution wrote
 */
public record StorageKey(String path) {

    private static final String BLOBS = "docker/registry/v2/blobs/";

    private static final Pattern FORM =
            Pattern.compile(BLOBS + "(?<digest>[a-z0-9]+/(?<first>[0-9a-f]{2})/\\k<first>[0-9a-f]+)"
                    + "/(?:data|(?<upload>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))");

    /** @throws IllegalArgumentException if {@code path} is not of the form above */
    public StorageKey {
        digestIn(path);
    }

    /** The key of the blob {@code digest} that the upload {@code upload} brings. */
    public static StorageKey of(Digest digest, UUID upload) {
        String digits = digest.encoded();
        return new StorageKey(String.join(
                "/", BLOBS + digest.algorithm().identifier(), digits.substring(0, 2), digits, upload.toString()));
    }

    /** The key of the blob {@code digest} in a tree that docker/distribution wrote. */
    public static StorageKey inTree(Digest digest) {
        String digits = digest.encoded();
        return new StorageKey(
                String.join("/", BLOBS + digest.algorithm().identifier(), digits.substring(0, 2), digits, "data"));
    }

    /** The key that {@code path} spells, or empty if it spells none. */
    public static Optional<StorageKey> parse(String path) {
        try {
            return Optional.of(new StorageKey(path));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The upload that brought the bytes; empty where docker/distribution wrote them. */
    public Optional<UUID> upload() {
        Matcher matcher = FORM.matcher(path);
        return matcher.matches()
                ? Optional.ofNullable(matcher.group("upload")).map(UUID::fromString)
                : Optional.empty();
    }

    /** The digest of the bytes behind this key. */
    public Digest digest() {
        return digestIn(path);
    }

    private static Digest digestIn(String path) {
        Matcher matcher = FORM.matcher(path);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no storage key: " + path);
        }
        String[] parts = matcher.group("digest").split("/", -1);
        try {
            return Digest.valueOf(parts[0] + ":" + parts[2]);
        } catch (RegistryException e) {
            throw new IllegalArgumentException("no storage key: " + path, e);
        }
    }

    @Override
    public String toString() {
        return path;
    }
}
