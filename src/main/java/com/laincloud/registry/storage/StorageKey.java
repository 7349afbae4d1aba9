package com.laincloud.registry.storage;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RegistryException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of one blob's bytes within a driver, relative to its root and never used for other bytes again, not even for
 * the same content pushed a second time: a late delete can then never hit bytes that are still needed.
 *
 * <p>A key that exists is of the form below, so that no driver can be led out of its root by one.
 *
 * @param path {@code docker/registry/v2/blobs/<algorithm>/<first two digits>/<digits>/<uuid>}, the last part being
 *     {@code data} in a tree that docker/distribution wrote; or, where bytes have their place before their digest is known,
 *     {@code docker/registry/v2/objects/<first two digits>/<uuid>/<name>}
 */
public record StorageKey(String path) {

    /** What all keys of the second form begin with. */
    public static final String OBJECTS = "docker/registry/v2/objects/";

    private static final String BLOBS = "docker/registry/v2/blobs/";
    private static final String UUID_FORM = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private static final Pattern FORM =
            Pattern.compile(BLOBS + "(?<digest>[a-z0-9]+/(?<first>[0-9a-f]{2})/\\k<first>[0-9a-f]+)"
                    + "/(?:data|(?<upload>" + UUID_FORM + "))");

    private static final Pattern OBJECT_FORM = Pattern.compile(
            OBJECTS + "(?<first>[0-9a-f]{2})/(?<upload>(?=\\k<first>)" + UUID_FORM + ")/[0-9a-f-]{1,36}");

    /** @throws IllegalArgumentException if {@code path} is of none of the forms above */
    public StorageKey {
        if (!OBJECT_FORM.matcher(path).matches()) {
            digestIn(path);
        }
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

    /** The key of what the upload {@code upload} has written by this name, whatever its digest. */
    public static StorageKey object(UUID upload, String name) {
        return new StorageKey(prefix(upload) + name);
    }

    /** What all keys of the upload {@code upload} begin with that do not tell a digest. */
    public static String prefix(UUID upload) {
        return OBJECTS + upload.toString().substring(0, 2) + "/" + upload + "/";
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
        Matcher matcher = (isObject() ? OBJECT_FORM : FORM).matcher(path);
        return matcher.matches()
                ? Optional.ofNullable(matcher.group("upload")).map(UUID::fromString)
                : Optional.empty();
    }

    /** The digest of the bytes behind this key, where it tells that. */
    public Optional<Digest> digest() {
        return isObject() ? Optional.empty() : Optional.of(digestIn(path));
    }

    private boolean isObject() {
        return path.startsWith(OBJECTS);
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
