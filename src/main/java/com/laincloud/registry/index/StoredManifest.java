package com.laincloud.registry.index;

import com.laincloud.registry.oci.Digest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A manifest as a repository holds it. The bytes of a large one are not read before they are needed. */
public final class StoredManifest {

    private final Digest digest;
    private final String mediaType;
    private final int size;
    private final byte @Nullable [] payload;

    public StoredManifest(Digest digest, String mediaType, byte[] payload) {
        this(digest, mediaType, payload.length, payload);
    }

    StoredManifest(Digest digest, String mediaType, int size, byte @Nullable [] payload) {
        this.digest = digest;
        this.mediaType = mediaType;
        this.size = size;
        this.payload = payload;
    }

    public Digest digest() {
        return digest;
    }

    public String mediaType() {
        return mediaType;
    }

    /** How many bytes it has. */
    public int size() {
        return size;
    }

    /** Whether its bytes were read. */
    public boolean isAtHand() {
        return payload != null;
    }

    /** Its bytes, exactly as they were put, if they are {@linkplain #isAtHand at hand}; not to be changed. */
    public byte[] payload() {
        return Objects.requireNonNull(payload, "the bytes of a large manifest are read when they are needed");
    }
}
