package com.laincloud.registry.index;

import com.laincloud.registry.oci.Digest;

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

    /** Its bytes, exactly as they were put; not to be changed. */
    public byte[] payload() {
        return payload;
    }
}
