package com.laincloud.registry.manifest;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RegistryException;
import org.jspecify.annotations.Nullable;

/** A manifest as a client puts it: understood, and known by its digest. */
final class PushedManifest {

    private final Digest digest;
    private final Manifest content;
    private final byte[] payload;

    private PushedManifest(Digest digest, Manifest content, byte[] payload) {
        this.digest = digest;
        this.content = content;
        this.payload = payload;
    }

    /**
     * The manifest that {@code payload} is.
     *
     * @param reference what it was put as; a digest must be its own
     * @throws RegistryException {@link ErrorCode#DIGEST_INVALID} if it is not; {@link ErrorCode#MANIFEST_INVALID}
     */
    static PushedManifest of(Reference reference, byte[] payload, @Nullable String contentType) {
        Manifest content = ManifestParser.parse(payload, contentType);
        Digest digest = Digest.of(
                reference instanceof Digest named ? named.algorithm() : DigestAlgorithm.SHA256,
                content.canonical(payload));
        if (reference instanceof Digest named && !named.equals(digest)) {
            throw new RegistryException(ErrorCode.DIGEST_INVALID, "the manifest is " + digest + ", not " + named);
        }
        return new PushedManifest(digest, content, payload);
    }

    Digest digest() {
        return digest;
    }

    Manifest content() {
        return content;
    }

    /** Its bytes, exactly as they came; not to be changed. */
    byte[] payload() {
        return payload;
    }

    @Nullable
    Digest subject() {
        return content.subject() == null ? null : content.subject().digest();
    }
}
