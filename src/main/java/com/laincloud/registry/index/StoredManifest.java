package com.laincloud.registry.index;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.request.EntityTags;
import java.util.Map;

/** A manifest as a repository holds it. */
public final class StoredManifest {

    private final Digest digest;
    private final String mediaType;
    private final byte[] payload;

    public StoredManifest(Digest digest, String mediaType, byte[] payload) {
        this.digest = digest;
        this.mediaType = mediaType;
        this.payload = payload;
    }

    public Digest digest() {
        return digest;
    }

    public String mediaType() {
        return mediaType;
    }

    /** What is true of it whether it is sent or not, as headers. */
    public Map<String, String> headers() {
        return Map.of(
                "Content-Type", mediaType,
                "Content-Length", Integer.toString(payload.length),
                "Docker-Content-Digest", digest.toString(),
                "ETag", EntityTags.of(digest));
    }

    /** Its bytes, exactly as they were put; not to be changed. */
    public byte[] payload() {
        return payload;
    }
}
